using System.Net;
using BitTensor.Cluster;
using Microsoft.AspNetCore.Http;
using Serilog;

namespace BitTensor.Operations;

/// <summary>The interfaces of a node outside its cluster.</summary>
public sealed record EndpointOptions
{
    /// <summary>Path of the control socket; null takes one in <see cref="ControlSocket.DefaultFolder"/>.</summary>
    public string? Control { get; init; }

    /// <summary>Port of the health endpoint; 0 takes a free one, null has none.</summary>
    public int? HealthPort { get; init; }

    /// <summary>Address of the health endpoint.</summary>
    public IPAddress HealthHost { get; init; } = IPAddress.Loopback;

    /// <summary>Address metrics are sent to; null takes the one of OpenTelemetry's variables.</summary>
    public Uri? Otlp { get; init; }
}
