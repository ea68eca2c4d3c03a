using System.CommandLine;
using BitTensor.Cluster;
using BitTensor.Emulation;
using BitTensor.Transport;

namespace BitTensor.Cli.Cluster;

/// <summary><c>bta certs</c>: a cluster's own authority, and a certificate per node.</summary>
sealed class CertsCommand
{
    static readonly TimeSpan AuthorityLifetime = TimeSpan.FromDays(3650);

    readonly Terminal _terminal;
    readonly Argument<string> _folder = new("FOLDER")
    {
        Description = "Folder of the authority; made with one if it has none.",
    };
    readonly Argument<string[]> _nodes = new("NODE")
    {
        Description = "Names of nodes, as `bta node --name` will say them.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    readonly Option<string[]> _hosts = new("--host")
    {
        Description = "An address the nodes are reached at; repeatable.",
        HelpName = "NAME",
        DefaultValueFactory = _ => [],
    };
    readonly Option<int> _days = new("--days")
    {
        Description = "How long the nodes' certificates count.",
        HelpName = "N",
        DefaultValueFactory = _ => 365,
    };

    public CertsCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "certs",
            "Makes an authority and node certificates; a node needs ca.pem and its own two files, never ca.key. "
            + "Example: bta certs certs alpha beta")
        {
            _folder, _nodes, _hosts, _days,
        };
        _nodes.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => !NodeOptions.CanName(t.Value)))
            {
                result.AddError($"'{token.Value}' cannot name a node: use 1 to 64 letters, digits, '.', '_' and '-'");
            }
        });
        Command.SetAction(Run);
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var folder = parsed.GetRequiredValue(_folder);
        if (!File.Exists(Path.Combine(folder, "ca.key")))
        {
            Certificates.MakeAuthority(folder, WallClock.UtcNow, AuthorityLifetime);
            _terminal.Out.WriteLine(Path.Combine(folder, "ca.pem"));
        }
        var lifetime = TimeSpan.FromDays(parsed.GetValue(_days));
        foreach (var node in parsed.GetValue(_nodes) ?? [])
        {
            Certificates.MakeNode(folder, node, parsed.GetRequiredValue(_hosts), WallClock.UtcNow, lifetime);
            _terminal.Out.WriteLine(Path.Combine(folder, $"{node}.pem"));
        }
        return ExitCode.Pass;
    }
}
