using System.Net;
using System.Net.Sockets;

namespace BitTensor.Protocol.Tests;

/// <summary>A bad cable: passes bytes on to an address and breaks after every so many of them.</summary>
sealed class CutWire : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly IPEndPoint _to;
    readonly Lock _gate = new();
    readonly List<Socket> _open = [];
    readonly Task _accepting;
    readonly long _every;
    long _passed;

    public CutWire(IPEndPoint to, long every)
    {
        _every = every;
        _to = to;
        _listener.Start();
        _accepting = Accept();
    }

    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    public int Cuts { get; private set; }

    void Cut()
    {
        lock (_gate)
        {
            Cuts += _open.Count > 0 ? 1 : 0;
            _open.ForEach(s => s.Close(0));
            _open.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Cut();
        await _accepting;
    }

    async Task Accept()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync();
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(_to);
                lock (_gate)
                {
                    _open.AddRange([near, far]);
                }
                _ = Pass(near, far);
                _ = Pass(far, near);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
        }
    }

    async Task Pass(Socket from, Socket to)
    {
        var buffer = new byte[8192];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer)) > 0)
            {
                await to.SendAsync(buffer.AsMemory(0, read));
                if (Interlocked.Add(ref _passed, read) > _every * (Cuts + 1))
                {
                    Cut();
                }
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
        }
    }
}
