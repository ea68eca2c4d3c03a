namespace BitTensor.Cli;

/// <summary>How the program ends: 0 to 2 are verdicts, the others follow sysexits.h.</summary>
static class ExitCode
{
    /// <summary>Every property holds; the check succeeded.</summary>
    public const int Pass = 0;

    /// <summary>A property failed; the check found a difference.</summary>
    public const int Fail = 1;

    /// <summary>There was no data to tell.</summary>
    public const int Unknown = 2;

    /// <summary>The command line cannot be understood.</summary>
    public const int Usage = 64;

    /// <summary>The scenario is wrong.</summary>
    public const int BadScenario = 65;

    /// <summary>No node runs here, or it does not answer.</summary>
    public const int Unavailable = 69;

    /// <summary>The program is wrong.</summary>
    public const int Internal = 70;

    /// <summary>The machine lacks memory.</summary>
    public const int NoMemory = 71;

    /// <summary>A file cannot be read or written.</summary>
    public const int InputOutput = 74;

    /// <summary>A node was declared dead by the others.</summary>
    public const int Downed = 80;

    /// <summary>A node was quarantined by another.</summary>
    public const int Quarantined = 81;

    /// <summary>A node lost its ledger to another.</summary>
    public const int Fenced = 82;

    /// <summary>A node did not find the cluster it was to join.</summary>
    public const int NotJoined = 83;

    /// <summary>The run was interrupted; its folder is complete up to the last block.</summary>
    public const int Interrupted = 130;
}

/// <summary>Ends the program with a message for people and a code for scripts.</summary>
sealed class CommandException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
