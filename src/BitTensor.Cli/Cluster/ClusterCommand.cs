using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BitTensor.Cluster;
using BitTensor.Operations;

namespace BitTensor.Cli.Cluster;

/// <summary><c>bta cluster</c>: asks a node that runs on this machine, or declares another one dead.</summary>
sealed class ClusterCommand
{
    readonly Terminal _terminal;
    readonly Option<string?> _node = new("--node")
    {
        Description = "Name of the node to ask, when several run here.",
        HelpName = "NAME",
        Recursive = true,
    };
    readonly Option<string?> _control = new("--control")
    {
        Description = "Path of its control socket, when it was started with one.",
        HelpName = "PATH",
        Recursive = true,
    };
    readonly Option<OutputFormat> _format = Options.Format();
    readonly Argument<string> _dead = new("NODE") { Description = "Name or HOST:PORT of the member that is dead." };
    readonly Option<bool> _force = new("--force")
    {
        Description = "Also a member that is reachable; its process ends with code 80.",
    };

    public ClusterCommand(Terminal terminal)
    {
        _terminal = terminal;
        _format.Recursive = true;
        var down = new Command(
            "down",
            "Declares a member dead that is unreachable, so that its neurons and ledger come back elsewhere. "
            + "Example: bta cluster down beta")
        {
            _dead, _force,
        };
        down.SetAction(Down);
        Command = new Command("cluster", "Asks a node on this machine about its cluster. Example: bta cluster show")
        {
            Question(
                "show", "Members, their roles, who is unreachable, who holds the ledger.",
                c => c.Cluster(), () => OperationsJson.Default.ClusterView, ClusterText.Of),
            Question(
                "neurons", "Where every neuron lives, and the block of its last checkpoint.",
                c => c.Neurons(), () => OperationsJson.Default.NeuronsView, ClusterText.Of),
            Question(
                "ledger", "Where the ledger is, its epoch, height, hash and receipts.",
                c => c.Ledger(), () => OperationsJson.Default.LedgerReading, ClusterText.Of),
            Question(
                "health", "Whether the node lives and does its part; 1 when it does not.",
                c => c.Health(), () => OperationsJson.Default.NodeHealth, ClusterText.Of,
                health => health.Ready ? ExitCode.Pass : ExitCode.Fail),
            down,
            _node, _control, _format,
        };
    }

    public Command Command { get; }

    Command Question<T>(
        string name, string description, Func<ControlClient, Task<T>> ask, Func<JsonTypeInfo<T>> json,
        Func<T, string> text, Func<T, int>? exit = null)
    {
        var command = new Command(name, $"{description} Example: bta cluster {name}");
        command.SetAction(async (parsed, _) =>
        {
            using var client = new ControlClient(SocketOf(parsed));
            var answer = await ask(client);
            await _terminal.Out.WriteLineAsync(parsed.GetValue(_format) == OutputFormat.Json
                ? JsonSerializer.Serialize(answer, json())
                : text(answer).TrimEnd());
            return exit?.Invoke(answer) ?? ExitCode.Pass;
        });
        return command;
    }

    async Task<int> Down(ParseResult parsed, CancellationToken never)
    {
        var name = parsed.GetRequiredValue(_dead);
        using var client = new ControlClient(SocketOf(parsed));
        var outcome = await client.Down(name, parsed.GetValue(_force));
        if (outcome != DownOutcome.Downed)
        {
            throw new CommandException(ExitCode.Usage, Refusal(name, outcome));
        }
        await _terminal.Out.WriteLineAsync(parsed.GetValue(_format) == OutputFormat.Json
            ? JsonSerializer.Serialize(outcome, OperationsJson.Default.DownOutcome)
            : $"{name} is declared dead");
        return ExitCode.Pass;
    }

    static string Refusal(string name, DownOutcome outcome) => outcome switch
    {
        DownOutcome.Self => $"{name} is the node that was asked; end its process instead (SIGTERM)",
        DownOutcome.Reachable =>
            $"{name} is reachable: end its process instead (SIGTERM), "
            + $"or say --force and it ends with code {ExitCode.Downed}",
        _ => $"no member is called {name}; `bta cluster show` lists them",
    };

    string SocketOf(ParseResult parsed)
    {
        if (parsed.GetValue(_control) is { } path)
        {
            return path;
        }
        var running = ControlSocket.DefaultFolder is { } folder ? ControlSocket.Running(folder) : [];
        var found = parsed.GetValue(_node) is { } wanted ? [.. running.Where(r => r.Node == wanted)] : running;
        return found switch
        {
            [var one] => one.Path,
            [] when running.Count > 0 =>
                throw Unavailable($"no node called {parsed.GetValue(_node)} runs here, but {Names(running)}"),
            [] => throw Unavailable(
                $"no node runs here under your user ({ControlSocket.DefaultFolder}): "
                + "start one with `bta node`, or say --control PATH as it was started"),
            _ => throw new CommandException(
                ExitCode.Usage, $"several nodes run here: {Names(running)}; say which with --node"),
        };
    }

    static string Names(IEnumerable<(string Node, string Path)> nodes) => string.Join(", ", nodes.Select(n => n.Node));

    static CommandException Unavailable(string message) => new(ExitCode.Unavailable, message);
}
