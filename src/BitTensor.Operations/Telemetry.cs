using BitTensor.Cluster;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace BitTensor.Operations;

/// <summary>Exports a node's metrics over OTLP, OpenTelemetry's protocol.</summary>
public static class Telemetry
{
    static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    /// <summary>
    /// Starts sending. Protocol, headers and interval are those of OpenTelemetry's variables
    /// (<c>OTEL_EXPORTER_OTLP_PROTOCOL</c>, <c>OTEL_METRIC_EXPORT_INTERVAL</c> and so on).
    /// </summary>
    /// <param name="node">Name of the node: <c>service.instance.id</c>.</param>
    /// <param name="endpoint">Address of the collector; null takes <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</param>
    /// <returns>Null without an address; disposing sends the remaining metrics.</returns>
    public static IDisposable? Start(string node, Uri? endpoint)
    {
        if (endpoint is null && !Endpoints.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }))
        {
            return null;
        }
        return Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService(
                "bta", serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3),
                serviceInstanceId: node))
            .AddMeter(NodeMetrics.MeterName, "System.Runtime")
            .AddOtlpExporter(exporter =>
                exporter.Endpoint = endpoint is null ? exporter.Endpoint : AddressOf(endpoint, exporter.Protocol))
            .Build();
    }

    /// <summary>The variable names a base address, the exporter's property the address itself.</summary>
    static Uri AddressOf(Uri endpoint, OtlpExportProtocol protocol) =>
        protocol == OtlpExportProtocol.HttpProtobuf
            ? new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/v1/metrics")
            : endpoint;
}
