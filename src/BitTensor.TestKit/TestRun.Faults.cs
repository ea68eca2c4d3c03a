using System.Globalization;
using BitTensor.Scenarios;

namespace BitTensor.TestKit;

/// <summary>
/// What a test makes happen: the actions of a scenario's timeline, by the same names. Whom they concern is written as
/// there: a population, <c>zone NAME</c>, <c>role STRATEGY</c>, <c>neuron N</c>, <c>neurons 0,3,5-7</c> or <c>any</c>.
/// </summary>
public sealed partial class TestRun
{
    /// <summary>The network falls apart.</summary>
    /// <param name="who">The chosen.</param>
    /// <param name="kind">The chosen against the others, each of the chosen alone, one way, or groups.</param>
    /// <param name="blocks">How long; null until <see cref="Heal"/>.</param>
    public void Partition(string who, PartitionKind kind = PartitionKind.Split, double? blocks = null) =>
        Do($"{{ action: partition, kind: {Word(kind)}, who: \"{who}\" }}", blocks);

    /// <summary>Every partition so far is over.</summary>
    public void Heal() => Do("{ action: heal }");

    /// <summary>
    /// Neurons stop and forget what was going on; with <paramref name="losesState"/> what they had learned too.
    /// </summary>
    public void Crash(string who, bool losesState = false, double? blocks = null) =>
        Do($"{{ action: crash, who: \"{who}\", lose-state: {(losesState ? "yes" : "no")} }}", blocks);

    /// <summary>Crashed neurons come back.</summary>
    public void Restart(string who = "any") => Do($"{{ action: restart, who: \"{who}\" }}");

    /// <summary>Neurons stand still; what arrives waits.</summary>
    public void Pause(string who, double? blocks = null) => Do($"{{ action: pause, who: \"{who}\" }}", blocks);

    /// <summary>Paused neurons go on.</summary>
    public void Resume(string who = "any") => Do($"{{ action: resume, who: \"{who}\" }}");

    /// <summary>
    /// Links get other rules, written as an entry of <c>network.links</c>: <c>from: slow, loss: 30%</c>.
    /// </summary>
    public void SetLinks(string rules, double? blocks = null) => Do($"{{ action: links, {rules} }}", blocks);

    /// <summary>All rules of <see cref="SetLinks"/> are over.</summary>
    public void ClearLinks() => Do("{ action: clear }");

    /// <summary>
    /// Anything a timeline can do, written as the <c>do</c> of an entry: <c>{ action: slow, who: any, factor: 3 }</c>.
    /// </summary>
    /// <param name="fault">The action with its keys.</param>
    /// <param name="blocks">How long, in block intervals; null until something ends it.</param>
    /// <exception cref="ScenarioException">It is no action.</exception>
    public void Do(string fault, double? blocks = null)
    {
        var lasts = blocks is { } length
            ? string.Create(
                CultureInfo.InvariantCulture, $", for: {(Scenario.BlockInterval * length).TotalMicroseconds:0.#} us")
            : "";
        var entry = Parsed(
            $"timeline=[{{ name: x, at: {1 + Math.Max(0, Block)} blocks, do: {fault}{lasts} }}]").Timeline.Single();
        _steered = true;
        _run.Steer(entry.Do.Action, entry.Do, entry.For);
    }

    static string Word(PartitionKind kind) =>
        kind == PartitionKind.OneWay ? "one-way" : kind.ToString().ToLowerInvariant();
}
