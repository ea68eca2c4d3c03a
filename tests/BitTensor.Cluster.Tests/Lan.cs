using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace BitTensor.Cluster.Tests;

/// <summary>
/// Hosts of their own on this machine: network namespaces, joined by a switch that delays, loses and withholds frames
/// as it is told. The first host is the store, with PostgreSQL. The switch is a part of the tests because the kernel's
/// own (netem) is not in every kernel, and because it can cut two hosts from each other and from nobody else. Needs
/// root.
/// </summary>
sealed partial class Lan : IDisposable
{
    const string Store = "store";

    readonly string _folder = Directory.CreateTempSubdirectory("bta-lan-").FullName;
    readonly ImmutableArray<Host> _hosts;
    readonly TimeSpan _latency;
    readonly int _oneLostIn;
    long _frames;
    volatile ImmutableHashSet<(string, string)> _cut = [];

    /// <param name="latency">Of every frame from host to host.</param>
    /// <param name="oneLostIn">Of so many frames one is lost.</param>
    /// <param name="names">Hosts beside the store; each is a node's name.</param>
    public Lan(TimeSpan latency, int oneLostIn, params string[] names)
    {
        _latency = latency;
        _oneLostIn = oneLostIn;
        _hosts = [.. names.Prepend(Store).Select((name, k) => new Host(name, k + 1))];
        foreach (var host in _hosts)
        {
            new Thread(() => Read(host)) { IsBackground = true }.Start();
            new Thread(() => Write(host)) { IsBackground = true }.Start();
        }
        Server = new PostgresServer(Within(Store), _hosts[0].Address);
    }

    /// <summary>Why there can be no hosts here; null when there can.</summary>
    public static string? Hindrance { get; } =
        !Environment.IsPrivilegedProcess ? "hosts of their own need root"
        : !File.Exists("/dev/net/tun") || !File.Exists("/usr/sbin/ip")
            ? "hosts of their own need iproute2 and /dev/net/tun"
        : PostgresServer.Hindrance;

    public PostgresServer Server { get; }

    /// <summary>The database, as the hosts reach it.</summary>
    public string StoreConnection => $"Host={_hosts[0].Address};Port={Server.Port};Database=postgres;Username=bta";

    /// <summary>Certificates for all of them, as somebody who runs a cluster makes them.</summary>
    public async Task Certify() =>
        Assert.Equal(0, await new BtaProcess([], new Dictionary<string, string>(), [
            "certs", _folder, .. _hosts.Select(h => h.Name), .. _hosts.SelectMany(h => (string[])["--host", h.Address]),
        ]).Ends());

    /// <summary>What runs a command on a host.</summary>
    public IReadOnlyList<string> Within(string name) =>
        ["ip", "netns", "exec", _hosts.Single(h => h.Name == name).Space];

    /// <summary>What a node on a host is told of it.</summary>
    public string[] Arguments(string name) =>
        ["--host", _hosts.Single(h => h.Name == name).Address, "--certs", _folder];

    /// <summary>Cuts a host from every other one but the store.</summary>
    public void Isolate(string name)
    {
        foreach (var other in _hosts.Where(h => h.Name != name && h.Name != Store))
        {
            _cut = _cut.Add((name, other.Name)).Add((other.Name, name));
        }
    }

    /// <summary>Every host reaches every other one again.</summary>
    public void Heal() => _cut = [];

    /// <summary>Isolates a host for a second.</summary>
    public async Task Flap(string name)
    {
        Isolate(name);
        await Task.Delay(TimeSpan.FromSeconds(1));
        Heal();
    }

    public void Dispose()
    {
        Server.Dispose();
        foreach (var host in _hosts)
        {
            host.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    void Read(Host from)
    {
        var frame = new byte[65536];
        try
        {
            while (true)
            {
                var length = from.Cable.Read(frame);
                foreach (var to in _hosts.Where(h => h != from && (frame[0] % 2 == 1 || frame[5] == h.Number)))
                {
                    Pass(from, to, frame[..length]);
                }
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The host is gone.
        }
    }

    void Pass(Host from, Host to, byte[] frame)
    {
        if (Interlocked.Increment(ref _frames) % _oneLostIn != 0 && !_cut.Contains((from.Name, to.Name)))
        {
            to.Due.Add((Stopwatch.GetTimestamp(), frame));
        }
    }

    void Write(Host to)
    {
        try
        {
            foreach (var (sent, frame) in to.Due.GetConsumingEnumerable())
            {
                var rest = _latency - Stopwatch.GetElapsedTime(sent);
                if (rest > TimeSpan.Zero)
                {
                    Thread.Sleep(rest);
                }
                to.Cable.Write(frame);
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // The host is gone, or its interface is not up yet: a frame less.
        }
    }

    /// <summary>A network namespace with one interface, whose other end is <see cref="Cable"/>.</summary>
    sealed partial class Host : IDisposable
    {
        const uint SetInterface = 0x400454ca;
        const short TapWithoutHeader = 0x0002 | 0x1000;

        public Host(string name, int number)
        {
            Name = name;
            Number = number;
            var device = $"b{Environment.ProcessId}-{number}";
            Space = $"bta-{Environment.ProcessId}-{name}";
            // Unbuffered: one read and one write are one frame each.
            Cable = new FileStream(
                "/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            var request = new byte[40];
            Encoding.ASCII.GetBytes(device, request);
            BitConverter.TryWriteBytes(request.AsSpan(16), TapWithoutHeader);
            Assert.Equal(0, Control(Cable.SafeFileHandle, SetInterface, request));
            Ip("netns", "add", Space);
            Ip("link", "set", device, "netns", Space, "address", $"02:00:00:00:00:{number:x2}");
            Ip("-n", Space, "addr", "add", $"{Address}/24", "dev", device);
            Ip("-n", Space, "link", "set", device, "up");
            Ip("-n", Space, "link", "set", "lo", "up");
        }

        public string Name { get; }

        public int Number { get; }

        public string Address => $"10.77.0.{Number}";

        public string Space { get; }

        public FileStream Cable { get; }

        public BlockingCollection<(long Sent, byte[] Frame)> Due { get; } = [];

        public void Dispose()
        {
            Due.CompleteAdding();
            Ip("netns", "del", Space);
            Cable.Dispose();
        }

        static void Ip(params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo("ip", arguments))!;
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"ip {string.Join(' ', arguments)} ended with {process.ExitCode}");
        }

        [LibraryImport("libc", EntryPoint = "ioctl")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        private static partial int Control(SafeFileHandle file, nuint request, byte[] argument);
    }
}

/// <summary>A test that needs hosts of their own; skipped with a word where there can be none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostsFactAttribute : SkippableFactAttribute
{
    public HostsFactAttribute() => Skip = Lan.Hindrance;
}
