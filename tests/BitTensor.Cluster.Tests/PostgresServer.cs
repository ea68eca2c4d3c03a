using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using BitTensor.Records;
using Npgsql;
using Xunit;
using Xunit.Sdk;

namespace BitTensor.Cluster.Tests;

/// <summary>
/// A PostgreSQL server of the tests' own: in a temporary folder, on a free port, as a user that is not root.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("bta-postgres-").FullName;
    readonly IReadOnlyList<string> _within;

    /// <summary>On loopback.</summary>
    public PostgresServer()
        : this([], null)
    {
    }

    /// <summary>On another host, where whoever reaches <paramref name="address"/> may do anything.</summary>
    internal PostgresServer(IReadOnlyList<string> within, string? address)
    {
        _within = within;
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
        if (address is not null)
        {
            File.AppendAllText(Path.Combine(data, "pg_hba.conf"), $"host all all {address}/24 trust\n");
        }
        RunAs(
            Path.Combine(Programs, "pg_ctl"), "-D", data, "-w", "-l", Path.Combine(_folder, "log"),
            "-o",
            $"-c listen_addresses={address ?? "127.0.0.1"} -c port={Port} -c unix_socket_directories={_folder} -c "
            + "track_commit_timestamp=on",
            "start");
    }

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? Hindrance =>
        Programs is null ? "PostgreSQL is not installed (Debian: apt-get install postgresql)" : null;

    /// <summary>Folder of the server's programs; null where PostgreSQL is not installed.</summary>
    public static string? Programs { get; } = Find();

    public int Port { get; }

    /// <summary>The way to it on this machine, whatever host it is on.</summary>
    public string Connection =>
        $"Host={(_within.Count == 0 ? "127.0.0.1" : _folder)};Port={Port};Database=postgres;Username=bta";

    /// <summary>When each block of a run became durable, in the order of heights.</summary>
    public IReadOnlyList<DateTime> CommitTimes(string run)
    {
        using var source = NpgsqlDataSource.Create(
            Connection + ";Search Path=" + new LedgerPlace.Database(Connection, run).Schema);
        using var command = source.CreateCommand("SELECT pg_xact_commit_timestamp(xmin) FROM blocks ORDER BY height");
        using var reader = command.ExecuteReader();
        var times = new List<DateTime>();
        while (reader.Read())
        {
            times.Add(reader.GetDateTime(0));
        }
        return times;
    }

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

    void RunAs(string program, params string[] arguments)
    {
        if (Environment.IsPrivilegedProcess)
        {
            string[] command = [.. _within, "runuser", "-u", "postgres", "--", program, .. arguments];
            Run(command[0], command[1..]);
        }
        else
        {
            Run(program, arguments);
        }
    }

    static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { WorkingDirectory = "/", RedirectStandardOutput = true })!;
        // The server inherits the pipe: read to the end of the program, not of the pipe.
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}

/// <summary>One server for all classes of tests that use one at the same time.</summary>
public sealed class PostgresFixture : IDisposable
{
    static readonly Lock Gate = new();
    static PostgresServer? _shared;
    static int _users;

    public PostgresFixture()
    {
        lock (Gate)
        {
            _shared ??= new PostgresServer();
            _users++;
            Server = _shared;
        }
    }

    public PostgresServer Server { get; }

    public void Dispose()
    {
        lock (Gate)
        {
            if (--_users == 0)
            {
                _shared!.Dispose();
                _shared = null;
            }
        }
    }
}

/// <summary>A test that needs PostgreSQL; skipped with a word where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresTheoryAttribute : SkippableTheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = PostgresServer.Hindrance;
}

/// <summary>The case of a theory that needs it.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class PostgresDataAttribute : DataAttribute
{
    public PostgresDataAttribute(string value)
    {
        Value = value;
        Skip = PostgresServer.Hindrance;
    }

    public string Value { get; }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Value]];
}

/// <summary>Likewise, a single one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : SkippableFactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.Hindrance;
}
