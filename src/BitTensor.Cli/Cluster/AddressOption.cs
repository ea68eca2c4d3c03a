using System.CommandLine;
using System.Net;

namespace BitTensor.Cli.Cluster;

/// <summary>An option that names an IP address.</summary>
static class AddressOption
{
    /// <summary>The option; loopback when it is not given.</summary>
    /// <param name="name">Name of the option.</param>
    /// <param name="description">The help's text.</param>
    public static Option<IPAddress> Of(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "IP",
        DefaultValueFactory = _ => IPAddress.Loopback,
        CustomParser = result =>
        {
            if (IPAddress.TryParse(result.Tokens[0].Value, out var address))
            {
                return address;
            }
            result.AddError($"{name} wants an IP address, not '{result.Tokens[0].Value}'");
            return IPAddress.Loopback;
        },
    };
}
