using System.Runtime.InteropServices;
using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Plans;
using BitTensor.Cluster;
using BitTensor.Cli.Cluster;
using BitTensor.Emulation;
using BitTensor.Learning;
using BitTensor.Mechanism.Equilibrium;
using BitTensor.Operations;
using BitTensor.Records;
using BitTensor.Reports;
using BitTensor.Studies;
using BitTensor.Transport;

namespace BitTensor.Cli;

/// <summary>Failures of the program's parts, as exit codes and messages.</summary>
static class Failure
{
    /// <summary>The exit code of a failure, and its message for people.</summary>
    public static (int Code, string Message) Explain(Exception failure) => failure switch
    {
        CommandException command => (command.ExitCode, command.Message),
        ControlException => (ExitCode.Unavailable, failure.Message),
        ResumeException or SweepTooLargeException => (ExitCode.Usage, failure.Message),
        ArchivedScenarioException or TooFewExamplesException or UnsolvableGameException =>
            (ExitCode.BadScenario, failure.Message),
        PartedException { Begun: false } parted
            when NodeEnding.Explain(parted.Node, parted.Exit) is (var code, { } message) => (code, message),
        OperationCanceledException =>
            (ExitCode.Interrupted, "interrupted before the first block: there is nothing to keep"),
        _ when LacksMemory(failure) => (
            ExitCode.NoMemory,
            "this machine has too little memory for it: use fewer or smaller models, examples, neurons or trials"),
        TorchUnavailableException => (ExitCode.Internal, failure.Message),
        EmulationException when CauseIn(failure) is { } cause =>
            (ExitCode.InputOutput, $"the run failed: {cause.Message}"),
        EmulationException =>
            (ExitCode.Internal, $"the run failed: {failure.Message}\n{failure.InnerException}".TrimEnd()),
        _ when IsInputOutput(failure) => (ExitCode.InputOutput, failure.Message),
        _ => (ExitCode.Internal, $"internal error, please report it: {failure}"),
    };

    static bool IsInputOutput(Exception failure) => failure
        is PartedException or ClusterException or CertificateException
        or System.Data.Common.DbException or System.Net.Sockets.SocketException
        or DataSetException or LedgerException or JournalException
        or IOException or UnauthorizedAccessException or InvalidDataException;

    /// <summary>True when the runtime or libtorch could not allocate.</summary>
    static bool LacksMemory(Exception? failure) => failure is not null
        && (failure is OutOfMemoryException
            || (failure is ExternalException && failure.Message.Contains("memory", StringComparison.Ordinal)
                && failure.Message.Contains("alloc", StringComparison.Ordinal))
            || (failure is AggregateException many && many.InnerExceptions.Any(LacksMemory))
            || LacksMemory(failure.InnerException));

    /// <summary>The full disk or lost file behind a failed run; null when there is none.</summary>
    static Exception? CauseIn(Exception? failure) =>
        failure is null or IOException or LedgerException or UnauthorizedAccessException
            ? failure
            : CauseIn(failure.InnerException);
}
