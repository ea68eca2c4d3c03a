using System.Diagnostics;
using System.Globalization;

namespace BitTensor.Cli.Cluster;

/// <summary>Further nodes on this machine that end with the run: each leaves when its standard input closes.</summary>
sealed class LocalNodes(string folder, int count, IReadOnlyList<string> arguments, string? ledger) : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    readonly List<Process> _processes = [];

    /// <summary>Starts them; they join at <paramref name="address"/>.</summary>
    public void Start(string address)
    {
        for (var k = 1; k <= count; k++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"local-{k}");
            _processes.Add(Start([
                "node", "--with-parent", "--join", address, "--name", name,
                "--log", Path.Combine(folder, $"{name}.clef"), .. arguments,
            ]));
        }
    }

    /// <summary>Lets them leave, and ends those that do not.</summary>
    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.StandardInput.Close();
        }
        foreach (var process in _processes)
        {
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
            }
            process.Dispose();
        }
    }

    Process Start(string[] arguments)
    {
        var program = Environment.ProcessPath!;
        var hosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var library = Path.Combine(AppContext.BaseDirectory, "bta.dll");
        var start = new ProcessStartInfo(program, hosted ? [library, .. arguments] : arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (ledger is not null)
        {
            // Not as an argument: a password has no place in the list of processes.
            start.Environment[NodeArguments.LedgerVariable] = ledger;
        }
        return Process.Start(start)!;
    }
}
