using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using BitTensor.Learning;
using BitTensor.Protocol;
using BitTensor.Transport;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = BitTensor.Protocol.Tensor;

namespace BitTensor.Benchmarks;

/// <summary>
/// This process and a copy of it on loopback: a link each way, and beside it a raw connection, TLS on both or on
/// neither. The copy takes what comes, computes what is asked, and says when it has everything.
/// </summary>
sealed class WirePair : IDisposable
{
    /// <summary>Callers of queries, by what the copy does with them.</summary>
    public const int Sink = 0;

    /// <summary>The copy answers with a tensor of the same shape and acknowledges its gradient.</summary>
    public const int Echo = 1;

    /// <summary>The copy computes: a linear layer, forward and backward.</summary>
    public const int Layer = 2;

    readonly TemporaryFolder? _certificates;
    readonly Process _copy;
    readonly Listener _listener;
    readonly OutgoingLink _link;
    readonly Channel<object> _heard = Channel.CreateUnbounded<object>();
    readonly Socket _socket;
    readonly Stream _raw;

    public WirePair(bool secure)
    {
        _certificates = secure ? new TemporaryFolder() : null;
        if (_certificates is not null)
        {
            Certificates.MakeAuthority(_certificates.Path, DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
            Array.ForEach(
                ["here", "copy"],
                n =>
                    Certificates.MakeNode(
                        _certificates.Path, n, ["127.0.0.1"], DateTimeOffset.UtcNow, TimeSpan.FromDays(1)));
        }
        var options = Options("here", _certificates?.Path);
        _listener = new Listener(new IPEndPoint(IPAddress.Loopback, 0), options, Table, new WireOutcomes(Fail), Hear);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardInput = true };
        string[] arguments =
            [
                Path.Combine(AppContext.BaseDirectory, "BitTensor.Benchmarks.dll"), "wire-copy",
                $"{_listener.Endpoint.Port}", _certificates?.Path ?? "",
            ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        _copy = Process.Start(start)!;
        var ports = Array.ConvertAll(
            _copy.StandardOutput.ReadLine()!.Split(' '), p => int.Parse(p, CultureInfo.InvariantCulture));
        _link = new OutgoingLink(options, "copy", new IPEndPoint(IPAddress.Loopback, ports[0]), (_, _) => { });
        _link.Tend();
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(IPAddress.Loopback, ports[1]);
        _raw = Raw(_socket, options.Identity, dials: true);
    }

    static WireTable Table => WireEntries.Table;

    /// <summary>
    /// Seconds until the copy has had <paramref name="count"/> tensors of <paramref name="bytes"/> bytes over the link.
    /// </summary>
    public double Tensors(int count, int bytes)
    {
        var tensor = new Tensor(1, bytes / sizeof(float), new float[bytes / sizeof(float)]);
        return Paired.Seconds(() =>
        {
            for (var k = 0; k < count; k++)
            {
                Send(new QueryMessage.Forward(new QueryId(Sink, k), tensor));
            }
            Send(new LedgerMessage.SubmissionAccepted(0, count));
            Await<LedgerMessage.SubmissionAccepted>();
        });
    }

    /// <summary>
    /// Seconds until the copy has had <paramref name="count"/> messages of a few bytes over the link.
    /// </summary>
    public double Small(int count) => Paired.Seconds(() =>
    {
        for (var k = 0; k < count; k++)
        {
            Send(new LedgerMessage.SubmissionRefused(k, k, Mechanism.Refusal.TooFast));
        }
        Send(new LedgerMessage.SubmissionAccepted(0, count));
        Await<LedgerMessage.SubmissionAccepted>();
    });

    /// <summary>
    /// Seconds until the copy has had as many writes of <paramref name="bytes"/> bytes over the raw connection.
    /// </summary>
    public double RawWrites(int count, int bytes)
    {
        var buffer = new byte[bytes];
        return Paired.Seconds(() =>
        {
            _raw.Write(BitConverter.GetBytes((long)count * bytes));
            for (var k = 0; k < count; k++)
            {
                _raw.Write(buffer);
            }
            _raw.ReadExactly(new byte[1]);
        });
    }

    /// <summary>
    /// Seconds of <paramref name="count"/> queries one after another, each answered and its gradient acknowledged.
    /// </summary>
    public double RoundTrips(int count, int mode, Tensor batch) => Paired.Seconds(() =>
    {
        for (var k = 0; k < count; k++)
        {
            Send(new QueryMessage.Forward(new QueryId(mode, k), batch));
            var reply = Await<QueryMessage.ForwardReply>();
            Send(new QueryMessage.Backward(reply.Query, reply.Output));
            Await<LedgerMessage.SubmissionAccepted>();
        }
    });

    /// <summary>The same exchange of bytes over the raw connection.</summary>
    public double RawRoundTrips(int count, int bytes)
    {
        var buffer = new byte[bytes];
        return Paired.Seconds(() =>
        {
            for (var k = 0; k < 2 * count; k++)
            {
                _raw.Write(BitConverter.GetBytes(-(long)bytes));
                _raw.Write(buffer);
                _raw.ReadExactly(buffer, 0, k % 2 == 0 ? bytes : 1);
            }
        });
    }

    public void Dispose()
    {
        _copy.StandardInput.Close();
        _link.DisposeAsync().AsTask().Wait();
        _listener.DisposeAsync().AsTask().Wait();
        _raw.Dispose();
        _socket.Dispose();
        _copy.WaitForExit();
        _copy.Dispose();
        _certificates?.Dispose();
    }

    /// <summary>The copy's whole life.</summary>
    public static int Copy(string port, string certificates)
    {
        TorchRuntime.Initialize();
        var options = Options("copy", certificates);
        using var layer = new LinearLayer();
        OutgoingLink back = null!;
        var listener = new Listener(
            new IPEndPoint(IPAddress.Loopback, 0), options, Table, new WireOutcomes(Fail), inbound =>
            {
                if (layer.Answer(inbound.Message) is { } answer)
                {
                    Queue(back, answer);
                }
                inbound.Consumed();
            });
        using var raw = new TcpListener(IPAddress.Loopback, 0);
        raw.Start();
        back = new OutgoingLink(
            options, "here", new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)),
            (_, _) => { });
        back.Tend();
        Console.WriteLine($"{listener.Endpoint.Port} {((IPEndPoint)raw.LocalEndpoint).Port}");
        var serving = Task.Run(() => ServeRaw(raw.AcceptSocket(), options.Identity));
        Console.In.ReadToEnd();
        back.DisposeAsync().AsTask().Wait();
        listener.DisposeAsync().AsTask().Wait();
        return 0;
    }

    /// <summary>
    /// A positive length is a stream to swallow and acknowledge; a negative one a message to send back, every second
    /// one to acknowledge.
    /// </summary>
    static void ServeRaw(Socket socket, NodeIdentity? identity)
    {
        socket.NoDelay = true;
        using var stream = Raw(socket, identity, dials: false);
        var (header, buffer, messages) = (new byte[8], new byte[256 * 1024], 0);
        try
        {
            while (true)
            {
                stream.ReadExactly(header);
                var length = BitConverter.ToInt64(header);
                for (var left = Math.Abs(length); left > 0;)
                {
                    left -= stream.ReadAtLeast(buffer.AsSpan(0, (int)Math.Min(left, buffer.Length)), 1);
                }
                stream.Write(buffer, 0, length < 0 && messages++ % 2 == 0 ? (int)-length : 1);
            }
        }
        catch (IOException)
        {
            // The end of the benchmark.
        }
    }

    static Stream Raw(Socket socket, NodeIdentity? identity, bool dials)
    {
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (identity is null)
        {
            return plain;
        }
        var secure = new SslStream(plain);
        if (dials)
        {
            secure.AuthenticateAsClient(identity.ClientOptions("copy"));
        }
        else
        {
            secure.AuthenticateAsServer(identity.ServerOptions());
        }
        return secure;
    }

    static MeshOptions Options(string node, string? certificates) => new()
    {
        Node = node,
        Session = Environment.ProcessId,
        Identity = string.IsNullOrEmpty(certificates) ? null : Certificates.Load(certificates, node),
    };

    static void Fail(WireRefusal reason, string what) => Console.Error.WriteLine($"{reason}: {what}");

    static void Queue(OutgoingLink link, object message)
    {
        var wait = new SpinWait();
        while (link.TrySend(Table.Of(message), message, TensorEncoding.Float32, 0, 0) == SendOutcome.NoCredit)
        {
            // Asleep, not spinning: the core is the receiver's.
            wait.SpinOnce(sleep1Threshold: 0);
        }
    }

    void Send(object message) => Queue(_link, message);

    void Hear(Inbound inbound)
    {
        inbound.Consumed();
        _heard.Writer.TryWrite(inbound.Message);
    }

    T Await<T>() => (T)_heard.Reader.ReadAsync().AsTask().GetAwaiter().GetResult();
}

/// <summary>
/// What the copy does with messages: counts them, gives them back, or computes a linear layer of 1024 x 1024.
/// </summary>
sealed class LinearLayer : IDisposable
{
    public const int Width = 1024;

    readonly Lazy<torch.Tensor> _weight = new(() =>
    {
        set_num_threads(1);
        return randn(Width, Width).requires_grad_().DetachFromDisposeScope();
    });

    readonly Dictionary<long, (torch.Tensor Input, torch.Tensor Output)> _open = [];
    long _taken;

    public object? Answer(object message)
    {
        switch (message)
        {
            case QueryMessage.Forward { Query.Caller: WirePair.Sink }:
            case LedgerMessage.SubmissionRefused:
                _taken++;
                return null;
            case LedgerMessage.SubmissionAccepted end:
                var whole = _taken == end.Block;
                _taken = 0;
                return whole ? end : throw new InvalidOperationException($"messages were lost: {end.Block} sent");
            case QueryMessage.Forward { Query.Caller: WirePair.Echo } f:
                return new QueryMessage.ForwardReply(f.Query, 0, f.Batch);
            case QueryMessage.Forward f:
                return new QueryMessage.ForwardReply(f.Query, 0, Forward(f.Query.Sequence, f.Batch));
            case QueryMessage.Backward { Query.Caller: WirePair.Layer } b:
                Backward(b.Query.Sequence, b.Gradient);
                return new LedgerMessage.SubmissionAccepted(0, 0);
            default:
                return new LedgerMessage.SubmissionAccepted(0, 0);
        }
    }

    public Tensor Forward(long query, Tensor batch)
    {
        using var scope = NewDisposeScope();
        var input =
            from_array(batch.Values).reshape(batch.Rows, batch.Columns).requires_grad_().DetachFromDisposeScope();
        var output = input.mm(_weight.Value).DetachFromDisposeScope();
        _open[query] = (input, output);
        var values = new float[batch.Rows * Width];
        output.detach().bytes.CopyTo(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        return new Tensor(batch.Rows, Width, values);
    }

    public void Backward(long query, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        _open.Remove(query, out var open);
        open.Output.backward([from_array(gradient.Values).reshape(gradient.Rows, gradient.Columns)]);
        open.Input.Dispose();
        open.Output.Dispose();
    }

    public void Dispose()
    {
        if (_weight.IsValueCreated)
        {
            _weight.Value.Dispose();
        }
    }
}
