using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Google.Protobuf;

namespace BitTensor.Operations.Tests;

/// <summary>A collector of OpenTelemetry's metrics over HTTP, of the few fields the stories here ask about.</summary>
public sealed class OtlpReceiver : IDisposable
{
    readonly HttpListener _http = new();
    readonly Channel<byte[]> _bodies = Channel.CreateUnbounded<byte[]>();

    public OtlpReceiver()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}");
        }
        _http.Prefixes.Add(Url.AbsoluteUri);
        _http.Start();
        _ = Serve();
    }

    public Uri Url { get; }

    /// <summary>The names of the metrics in the next export, and every text in it.</summary>
    public async Task<(IReadOnlySet<string> Metrics, IReadOnlySet<string> Texts)> Next()
    {
        var body = await _bodies.Reader.ReadAsync();
        var metrics = new HashSet<string>();
        // ExportMetricsServiceRequest: resource_metrics 1, scope_metrics 2, metrics 2, name 1.
        foreach (
            var name in Fields(body, 1).SelectMany(r => Fields(r, 2)).SelectMany(s => Fields(s, 2))
                .SelectMany(m => Fields(m, 1)))
        {
            metrics.Add(System.Text.Encoding.UTF8.GetString(name));
        }
        // Resource 1, attributes 1, key 1 and value 2 (string_value 1).
        var attributes = Fields(body, 1).SelectMany(r => Fields(r, 1)).SelectMany(r => Fields(r, 1));
        var texts = attributes.SelectMany(a => Fields(a, 1).Concat(Fields(a, 2).SelectMany(v => Fields(v, 1))))
            .Select(System.Text.Encoding.UTF8.GetString);
        return (metrics, texts.ToHashSet());
    }

    public void Dispose() => _http.Close();

    async Task Serve()
    {
        try
        {
            while (true)
            {
                var context = await _http.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                if (context.Request.Url!.AbsolutePath == "/v1/metrics"
                    && context.Request.ContentType == "application/x-protobuf")
                {
                    _bodies.Writer.TryWrite(body.ToArray());
                }
                context.Response.Close();
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // The stories are over.
        }
    }

    static List<byte[]> Fields(byte[] message, int number)
    {
        var found = new List<byte[]>();
        var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag && tag != 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) == number
                && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                found.Add(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }
        return found;
    }
}
