using System.Runtime.InteropServices;

namespace BitTensor.Cli;

/// <summary>
/// Notices that the reader of standard output or standard error has closed it, as <c>bta ... | head</c> does. The
/// runtime ignores SIGPIPE, and its console reports no error when it writes into a closed pipe.
/// </summary>
static class ClosedPipe
{
    // POLLERR: of a pipe without a reader. A socket whose other end closes has another event, and goes on.
    const short NobodyReads = 8;

    // EINTR: a signal came.
    const int Interrupted = 4;

    /// <summary>
    /// A token that is cancelled as soon as the reader of one of both goes away; never on Windows, and never where
    /// neither is a pipe.
    /// </summary>
    public static CancellationToken Watch()
    {
        if (OperatingSystem.IsWindows() || !(Console.IsOutputRedirected || Console.IsErrorRedirected))
        {
            return CancellationToken.None;
        }
        var closed = new CancellationTokenSource();
        new Thread(() => Wait(closed)) { IsBackground = true, Name = "closed pipe" }.Start();
        return closed.Token;
    }

    static void Wait(CancellationTokenSource closed)
    {
        PolledStream[] streams = [new(1), new(2)];
        while (Array.Exists(streams, s => s.Descriptor >= 0))
        {
            if (Poll(streams, (nuint)streams.Length, timeoutMs: -1) < 0)
            {
                if (Marshal.GetLastPInvokeError() != Interrupted)
                {
                    return;
                }
                continue;
            }
            if (Array.Exists(streams, s => (s.Happened & NobodyReads) != 0))
            {
                closed.Cancel();
                return;
            }
            // A negative descriptor is left out: this stream will say the same again, and nothing else.
            streams = [.. streams.Select(s => s.Happened == 0 ? s : new PolledStream(-1))];
        }
    }

    /// <summary>The <c>pollfd</c> of POSIX.</summary>
    [StructLayout(LayoutKind.Sequential)]
    readonly record struct PolledStream(int Descriptor, short Asked = 0, short Happened = 0);

#pragma warning disable CA5392, SYSLIB1054 // The C library of the platform; one call.
    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    static extern int Poll([In, Out] PolledStream[] streams, nuint count, int timeoutMs);
#pragma warning restore CA5392, SYSLIB1054
}
