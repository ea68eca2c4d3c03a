using System.Runtime.InteropServices;

namespace BitTensor.Cli;

/// <summary>The end of this process at once, while its threads compute.</summary>
static class ProcessEnd
{
    // What a shell adds to the number of the signal that ended a process.
    const int OfSignal = 128;

    const nint DefaultAction = 0;

    /// <summary>
    /// Ends the process as a signal does. Nothing of it runs any more, exit handlers of native libraries least of all:
    /// they would free what threads in libtorch compute with, and the process would end by SIGSEGV.
    /// </summary>
    /// <param name="signal">SIGINT or SIGTERM.</param>
    public static void By(PosixSignal signal)
    {
        var number = signal == PosixSignal.SIGINT ? 2 : 15;
        if (OperatingSystem.IsWindows())
        {
            Environment.Exit(OfSignal + number);
        }
        _ = Signal(number, DefaultAction);
        _ = Kill(Environment.ProcessId, number);
        // The signal is blocked, or ignored as in a background job of a shell.
        Exit(OfSignal + number);
    }

#pragma warning disable CA5392, SYSLIB1054 // The C library of the platform; calls without data.
    [DllImport("libc", EntryPoint = "signal")]
    static extern nint Signal(int number, nint action);

    [DllImport("libc", EntryPoint = "kill")]
    static extern int Kill(int process, int number);

    [DllImport("libc", EntryPoint = "_exit")]
    static extern void Exit(int code);
#pragma warning restore CA5392, SYSLIB1054
}
