using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using BitTensor.Cluster;
using BitTensor.Records;
using BitTensor.Transport;
using Serilog;

namespace BitTensor.Cli.Cluster;

/// <summary>The arguments of a cluster's process about its own node.</summary>
sealed class NodeArguments
{
    /// <summary>
    /// Environment variable that names the database when no option does. It keeps a password out of the process list.
    /// </summary>
    public const string LedgerVariable = "BTA_LEDGER";

    public Option<string[]> Join { get; } = new("--join")
    {
        Description = "A node of the cluster to join, repeatable; begins a cluster without it, "
            + "or when it names this node first and no other answers.",
        HelpName = "HOST:PORT",
        DefaultValueFactory = _ => [],
    };

    public Option<string?> Name { get; } = new("--name")
    {
        Description = "Name of this node, unique in the cluster.",
        HelpName = "NAME",
    };

    public Option<IPAddress> Host { get; } = AddressOption.Of(
        "--host", "Address to listen at, and to be reached at unless --advertise says otherwise.");

    public Option<string?> Advertise { get; } = new("--advertise")
    {
        Description = "Name or address that others reach this node at.",
        HelpName = "HOST",
    };

    public Option<int> Port { get; } = PortOption("--port", "Port of the cluster; 0 takes a free one.");

    public Option<int> LinkPort { get; } = PortOption(
        "--link-port", "Port of tensors and submissions; 0 takes a free one.");

    public Option<string?> Ledger { get; } = new("--ledger")
    {
        Description = $"PostgreSQL connection string, or the environment variable {LedgerVariable}: "
            + "the ledger may move to this node.",
        HelpName = "\"Host=...\"",
    };

    public Option<string?> Certs { get; } = new("--certs")
    {
        Description = "Folder with ca.pem, NAME.pem and NAME.key (`bta certs`): everything between nodes is mutual "
            + "TLS. Needed beyond loopback.",
        HelpName = "DIR",
    };

    public EndpointArguments Endpoints { get; } = new();

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [Join, Name, Host, Advertise, Port, LinkPort, Ledger, Certs, .. Endpoints.All];

    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Add(option);
        }
        command.Validators.Add(Validate);
        Endpoints.Validate(command);
    }

    void Validate(CommandResult result)
    {
        foreach (var seed in result.GetValue(Join)?.Where(seed => !NodeOptions.CanJoin(seed)) ?? [])
        {
            result.AddError($"--join wants HOST:PORT, not '{seed}'");
        }
        var name = result.GetValue(Name);
        if (name is not null && !NodeOptions.CanName(name))
        {
            result.AddError($"--name wants 1 to 64 letters, digits, '.', '_' and '-', not '{name}'");
        }
        if (name is null && result.GetValue(Certs) is not null)
        {
            result.AddError("--certs needs --name: which of the folder's certificates is this node's");
        }
    }

    static Option<int> PortOption(string name, string description)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !IsPort(token.Value))
            {
                result.AddError($"{name} wants a number from 0 to 65535, not '{token.Value}'");
            }
        });
        return option;
    }

    static bool IsPort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port < 65536;

    /// <summary>The named database; null when none is named.</summary>
    /// <exception cref="CommandException">The name is no connection string.</exception>
    public string? LedgerOf(ParseResult parsed)
    {
        var option = parsed.GetValue(Ledger);
        var variable = Environment.GetEnvironmentVariable(LedgerVariable);
        var named = option ?? (string.IsNullOrEmpty(variable) ? null : variable);
        return named is null || LedgerPlace.Database.FaultIn(named) is not { } fault
            ? named
            : throw new CommandException(
                ExitCode.Usage,
                $"the connection string of {(option is null ? LedgerVariable : "--ledger")} cannot be read: {fault}; "
                + "write Host=...;Database=...;Username=...");
    }

    /// <summary>The node.</summary>
    public NodeOptions Read(ParseResult parsed, int cores, ILogger log, NodeLabels labels)
    {
        var ledger = LedgerOf(parsed);
        var name = parsed.GetValue(Name)
            ?? string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}");
        return new NodeOptions
        {
            Name = name,
            Identity = parsed.GetValue(Certs) is { } folder ? Certificates.Load(folder, name) : null,
            Host = parsed.GetValue(Host)!,
            Port = parsed.GetValue(Port),
            LinkPort = parsed.GetValue(LinkPort),
            Join = [.. parsed.GetRequiredValue(Join)],
            Advertise = parsed.GetValue(Advertise),
            LedgerOf = ledger is null ? null : run => new LedgerPlace.Database(ledger, run),
            Cores = cores,
            Log = log,
            Labels = labels,
        };
    }
}
