using System.CommandLine;
using BitTensor.Scenarios;

namespace BitTensor.Cli.Scenarios;

/// <summary><c>bta schema</c>: the scenario format, for editors and for readers.</summary>
sealed class SchemaCommand
{
    readonly Terminal _terminal;
    readonly Option<SchemaFormat> _format = new("--format")
    {
        Description = "json: a JSON Schema (2020-12). markdown: the reference.",
    };

    public SchemaCommand(Terminal terminal)
    {
        _terminal = terminal;
        Command = new Command(
            "schema",
            "Writes the scenario format to standard output. Example: bta schema > scenario.schema.json")
        {
            _format,
        };
        Command.SetAction(Run);
    }

    enum SchemaFormat
    {
        Json,
        Markdown,
    }

    public Command Command { get; }

    int Run(ParseResult parsed)
    {
        var markdown = parsed.GetValue(_format) == SchemaFormat.Markdown;
        _terminal.Out.Write(markdown ? ScenarioDocs.Markdown() : ScenarioSchema.Json());
        return ExitCode.Pass;
    }
}
