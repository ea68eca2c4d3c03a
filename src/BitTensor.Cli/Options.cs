using System.CommandLine;
using System.Globalization;

namespace BitTensor.Cli;

/// <summary>The form of a result.</summary>
enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For programs.</summary>
    Json,
}

/// <summary>Options that several commands have.</summary>
static class Options
{
    /// <summary><c>--cores</c> of a command that runs one thing.</summary>
    public static Option<int> Cores() => Cores("Threads that compute. Results do not depend on it.");

    /// <summary><c>--cores</c> of a command that runs many things, each on one core.</summary>
    public static Option<int> CoresForRuns() =>
        Cores("Runs at once, each on one core. Results do not depend on it.");

    static Option<int> Cores(string description) => Between(1, 1024, new Option<int>("--cores")
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    });

    /// <summary><c>--format</c>: text or json.</summary>
    /// <param name="description">The help's text; some commands say what their JSON holds.</param>
    public static Option<OutputFormat> Format(string description = "text or json.") =>
        new("--format") { Description = description };

    /// <summary><c>--out</c>: the folder of the results.</summary>
    /// <param name="description">The help's text: what is written without the option.</param>
    /// <param name="helpName">DIR or FILE.</param>
    public static Option<string?> Out(string description, string helpName = "DIR") =>
        new("--out") { Description = description, HelpName = helpName };

    /// <summary><c>--explain</c>: the columns of a text, explained below it.</summary>
    public static Option<bool> Explain() =>
        new("--explain") { Description = "Says below the text what its columns are." };

    /// <summary>The argument <c>RUN</c>: a run folder, or <c>latest</c>.</summary>
    /// <param name="description">What it may be the folder of.</param>
    public static Argument<string> Run(string description = "Run folder.") => new("RUN")
    {
        Description = $"{description} latest is the newest one in runs/, latest~1 the one before it.",
    };

    /// <summary><c>--seeds</c> of a command that repeats a scenario.</summary>
    public static Option<T> Seeds<T>(long most) => Between(1, most, new Option<T>("--seeds")
    {
        Description = "Seeds per point: the scenario's own and those after it.",
        HelpName = "N",
    });

    /// <summary>The option, which from now on refuses anything but a whole number in a range.</summary>
    /// <param name="least">The smallest number.</param>
    /// <param name="most">The largest number.</param>
    /// <param name="option">The option.</param>
    public static Option<T> Between<T>(long least, long most, Option<T> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !IsBetween(least, most, token.Value))
            {
                result.AddError($"{option.Name} wants a number from {least} to {most}, not '{token.Value}'");
            }
        });
        return option;
    }

    static bool IsBetween(long least, long most, string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most;
}
