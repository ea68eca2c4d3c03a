using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace BitTensor.Cluster.Tests;

/// <summary>A PostgreSQL server of the tests' own: in a temporary folder, on a free port of loopback, as a user that is not root.</summary>
public sealed class PostgresServer : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("bta-postgres-").FullName;

    public PostgresServer()
    {
        if (Programs is null)
        {
            return;
        }
        Port = FreePort();
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "postgres", _folder);
        }
        var data = Path.Combine(_folder, "data");
        RunAs(Path.Combine(Programs, "initdb"), "-D", data, "-U", "bta", "-A", "trust", "-E", "UTF8", "--no-sync");
        RunAs(
            Path.Combine(Programs, "pg_ctl"), "-D", data, "-w", "-l", Path.Combine(_folder, "log"),
            "-o", $"-c listen_addresses=127.0.0.1 -c port={Port} -c unix_socket_directories={_folder}", "start");
    }

    /// <summary>Folder of the server's programs; null where PostgreSQL is not installed.</summary>
    public static string? Programs { get; } = Find();

    public int Port { get; }

    public string Connection => $"Host=127.0.0.1;Port={Port};Database=postgres;Username=bta";

    public void Dispose()
    {
        if (Programs is not null)
        {
            RunAs(Path.Combine(Programs, "pg_ctl"), "-D", Path.Combine(_folder, "data"), "-m", "immediate", "stop");
        }
        Directory.Delete(_folder, recursive: true);
    }

    static string? Find() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(v => Path.Combine(v, "bin"))
                .LastOrDefault(b => File.Exists(Path.Combine(b, "initdb")))
            : null;

    static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    static void RunAs(string program, params string[] arguments)
    {
        if (Environment.IsPrivilegedProcess)
        {
            Run("runuser", ["-u", "postgres", "--", program, .. arguments]);
        }
        else
        {
            Run(program, arguments);
        }
    }

    static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = "/", RedirectStandardOutput = true })!;
        // The server inherits the pipe: read to the end of the program, not of the pipe.
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}

/// <summary>A test that needs PostgreSQL; skipped with a word where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = PostgresServer.Programs is null ? "PostgreSQL is not installed (Debian: apt-get install postgresql)" : null;
}
