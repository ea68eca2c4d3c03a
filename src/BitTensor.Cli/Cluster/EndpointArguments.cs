using System.CommandLine;
using System.Net;
using BitTensor.Operations;

namespace BitTensor.Cli.Cluster;

/// <summary>The arguments of a cluster's process about its control socket, health port and metrics.</summary>
sealed class EndpointArguments
{
    readonly Option<string?> _control = new("--control")
    {
        Description = "Path of the socket that `bta cluster` speaks to; "
            + "one under XDG_RUNTIME_DIR or your application data without it.",
        HelpName = "PATH",
    };

    readonly Option<int?> _healthPort = new("--health-port")
    {
        Description = "Port that answers /live and /ready; 0 takes a free one.",
        HelpName = "N",
    };

    readonly Option<IPAddress> _healthHost = AddressOption.Of(
        "--health-host", "Address of the health port; it tells no secrets and takes no commands.");

    readonly Option<Uri?> _otlp = new("--otlp")
    {
        Description = "Collector that metrics are sent to, or the variable OTEL_EXPORTER_OTLP_ENDPOINT.",
        HelpName = "URL",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            {
                return url;
            }
            result.AddError($"--otlp wants a URL such as http://localhost:4317, not '{result.Tokens[0].Value}'");
            return null;
        },
    };

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [_control, _healthPort, _healthHost, _otlp];

    public void Validate(Command command)
    {
        command.Validators.Add(result =>
        {
            if (result.GetValue(_healthPort) is < 0 or > 65535)
            {
                result.AddError("--health-port wants a number from 0 to 65535");
            }
        });
    }

    public EndpointOptions Read(ParseResult parsed) => new()
    {
        Control = parsed.GetValue(_control),
        HealthPort = parsed.GetValue(_healthPort),
        HealthHost = parsed.GetValue(_healthHost)!,
        Otlp = parsed.GetValue(_otlp),
    };
}
