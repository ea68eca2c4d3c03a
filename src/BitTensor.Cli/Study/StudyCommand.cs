using System.CommandLine;

namespace BitTensor.Cli.Study;

/// <summary><c>bta study</c>: questions that take many runs of one network.</summary>
sealed class StudyCommand
{
    public StudyCommand(Terminal terminal)
    {
        Command = new Command(
            "study",
            "Asks a network what takes many runs to answer. "
            + "Studies of the paper's formulas are scenarios: bta run scenarios/paper/...")
        {
            new RetentionCommand(terminal).Command,
            new RegretCommand(terminal).Command,
            new AttacksCommand(terminal).Command,
        };
    }

    public Command Command { get; }
}
