using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Akka.TestKit;
using BitTensor.Actors.Run;
using BitTensor.Emulation;
using BitTensor.Plans;
using BitTensor.Scenarios;
using Xunit.Abstractions;

namespace BitTensor.TestKit;

/// <summary>
/// A run that a test tells the story of. It goes on to a block or a message and never for a time; between two steps the
/// world stands still, and everything about it can be read and much of it changed. A fault begins a microsecond after
/// the moment at which it is asked for.
/// </summary>
public sealed partial class TestRun : IAsyncDisposable
{
    static int _runs;

    readonly int _number = Interlocked.Increment(ref _runs);
    readonly VirtualRun _run;
    readonly LiveMetrics _metrics;
    readonly IReadOnlyList<TestProperty> _properties;
    readonly ITestOutputHelper? _output;
    readonly bool _ownCode;
    readonly ulong _seed;
    Probes? _probes;
    bool _steered;
    long _checked = -1;
    MessageSeen? _seen;
    Func<MessageSeen, bool>? _wanted;

    internal TestRun(Scenario scenario, TestSetup setup, ITestOutputHelper? output)
    {
        _metrics = new LiveMetrics(Roster.Draw(scenario)) { OnMessage = Note };
        _properties = setup.Properties;
        _output = output;
        _seed = scenario.Seed;
        _ownCode = setup.BringsCode;
        _run = VirtualRun.Begin(scenario, setup.Options with { Watch = _metrics });
        _metrics.Timeline = () => _run.Timeline;
    }

    /// <summary>
    /// What runs; its timeline holds what the test made happen, so that it is the same run by itself.
    /// </summary>
    public Scenario Scenario => _run.Scenario;

    /// <summary>Height of the block that was closed last; -1 before the genesis block.</summary>
    public long Block => _metrics.Block?.Height ?? -1;

    /// <summary>Emulated time since the start.</summary>
    public TimeSpan Now => _run.Now;

    /// <summary>The ledger as it stands.</summary>
    public LedgerState Ledger => _metrics is { Block: { } block, Market: { } market }
        ? new LedgerState(
            block.Height, block.Hash, [.. market.Stake], block.Rank,
            [.. Enumerable.Range(0, market.Count).Select(market.Row)])
        : new LedgerState(-1, "", [], [], []);

    /// <summary>A population as it stands.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public PopulationView Population(string name) =>
        _run.Plans.Any(p => p.Population.Name == name)
            ? new PopulationView(name, _metrics.Table)
            : throw new ArgumentException(
                $"No population is called '{name}': the scenario has "
                + $"{string.Join(", ", Scenario.Populations.Select(p => p.Name))}.");

    /// <summary>A neuron as it stands; after the genesis block.</summary>
    public NeuronView Neuron(int id) =>
        new(id, _metrics.Table, _metrics.Market ?? throw Failed("there is no block yet to look at"));

    /// <summary>A metric of the network at the last block that has it; null when there is none.</summary>
    public double? Network(string metric) =>
        _metrics.Table.Last(new Operand.Metric(Metrics.Known(metric, ofNeurons: false), null, null));

    /// <summary>Messages counted so far, up to the block that was closed last.</summary>
    /// <param name="kind">As the journal names it: forward, forward-reply, backward, submission, receipt.</param>
    /// <param name="outcome">An outcome as the journal names it, or its beginning: <c>dropped/</c>.</param>
    public long Messages(string kind, string outcome) =>
        _metrics.Count(
            kind, o => o == outcome || (outcome.EndsWith('/') && o.StartsWith(outcome, StringComparison.Ordinal)));

    /// <summary>
    /// A test probe that gets a copy of every message that arrives at a neuron (-1: the ledger) from now on.
    /// </summary>
    public TestProbe Probe(int address) => (_probes ??= new Probes(_run, _metrics)).At(address);

    /// <summary>Goes on until a block is closed.</summary>
    /// <exception cref="TestRunException">
    /// The run is over before; or it failed, or a property of the test does not hold.
    /// </exception>
    public Task UntilBlock(long height)
    {
        Go(() => Block >= height);
        return Block >= height ? Task.CompletedTask : throw Failed($"the run is over before block {height}");
    }

    /// <summary>Goes on until a condition holds at a block that is closed.</summary>
    /// <param name="condition">Looks at the run as it stands.</param>
    /// <param name="text">The condition as written; given by the compiler.</param>
    /// <exception cref="TestRunException">
    /// The run is over before; or it failed, or a property of the test does not hold.
    /// </exception>
    public Task Until(Func<TestRun, bool> condition, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        var (met, last) = (false, -1L);
        Go(() =>
        {
            if (Block > last)
            {
                last = Block;
                met = condition(this);
            }
            return met;
        });
        return met ? Task.CompletedTask : throw Failed($"the run is over and it never came to {text}");
    }

    /// <summary>Goes on until something becomes of a message that the test waits for.</summary>
    /// <param name="wanted">True for it.</param>
    /// <param name="text">The same as written; given by the compiler.</param>
    /// <returns>What became of the first such message.</returns>
    /// <exception cref="TestRunException">
    /// The run is over before; or it failed, or a property of the test does not hold.
    /// </exception>
    public Task<MessageSeen> UntilMessage(
        Func<MessageSeen, bool> wanted, [CallerArgumentExpression(nameof(wanted))] string text = "")
    {
        (_seen, _wanted) = (null, wanted);
        Go(() => _seen is not null);
        _wanted = null;
        return _seen is { } seen
            ? Task.FromResult(seen)
            : throw Failed($"the run is over and there was no message {text}");
    }

    /// <summary>Fails unless a property holds at the block that was closed last.</summary>
    /// <param name="property">As a scenario writes it: <c>mean answered of honest &gt; 0.9</c>.</param>
    /// <exception cref="TestRunException">It does not hold, or there is no data to tell.</exception>
    /// <exception cref="ScenarioException">It is no property.</exception>
    public void Holds(string property)
    {
        var verdict = Judge(property);
        if (verdict.Outcome != Outcome.Pass)
        {
            throw Failed(Words(verdict));
        }
    }

    /// <summary>The next block is the last one.</summary>
    public void EndAtNextBlock() => _run.EndAtNextBlock();

    /// <summary>Goes on to the end.</summary>
    /// <returns>What became of the scenario's properties.</returns>
    /// <exception cref="TestRunException">The run failed, or a property of the test does not hold.</exception>
    public Task<TestVerdict> Finish()
    {
        RunResult? result = null;
        Guarded(() =>
        {
            _run.Go(() => Check(false));
            result = _run.Finish();
        });
        var properties = PropertyJudge.Judge(Scenario.Expect, _metrics.Table);
        var overall = properties.Select(p => p.Outcome).Overall();
        return Task.FromResult(
            new TestVerdict(overall, properties, result!.JournalHash, result.Blocks, result.EmulatedTime));
    }

    /// <summary>Goes on to the end, and fails unless every property of the scenario holds.</summary>
    /// <exception cref="TestRunException">
    /// The run failed, or a property of the scenario or of the test does not hold.
    /// </exception>
    public async Task<TestVerdict> Passes()
    {
        var verdict = await Finish();
        return verdict.Outcome == Outcome.Pass
            ? verdict
            : throw Failed(string.Join(
                '\n',
                verdict.Properties.Where(p => p.Outcome != Outcome.Pass)
                    .Select(p => $"{p.Outcome}: {Words(p)}")));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _output?.WriteLine(Place());
        _run.Dispose();
        return ValueTask.CompletedTask;
    }

    void Go(Func<bool> until) => Guarded(() => _run.Go(() => Check(until())));

    void Note(MessageSeen message)
    {
        if (_seen is null && _wanted?.Invoke(message) == true)
        {
            _seen = message;
        }
    }

    /// <summary>The test's own properties, once per block.</summary>
    bool Check(bool met)
    {
        if (_checked < Block)
        {
            _checked = Block;
            if (_properties.Select(p => p.Broken(this)).FirstOrDefault(b => b is not null) is { } broken)
            {
                throw Failed(broken);
            }
        }
        return met;
    }

    void Guarded(Action step)
    {
        try
        {
            step();
        }
        catch (EmulationException failure)
        {
            throw Failed(failure.Message, failure);
        }
    }

    /// <summary>Why a property does not hold at the block that was closed last; null where it does.</summary>
    internal string? BrokenBy(string property) =>
        Judge(property) is { Outcome: Outcome.Fail } verdict ? Words(verdict) : null;

    /// <summary>A property at the block that was closed last; a run that goes on has its end there.</summary>
    PropertyVerdict Judge(string property) => PropertyJudge.Judge(
        [ScenarioException.Require(Property.Read(property, new Horizon.AtEnd(), Scenario, "property"))],
        _metrics.Table).Single();

    static string Words(PropertyVerdict verdict) => verdict is { Outcome: Outcome.Fail, Decided.IsEmpty: false }
        ? $"{verdict.Name}: {verdict.Detail}\n{verdict.Decision()}"
        : $"{verdict.Name}: {verdict.Detail}";

    TestRunException Failed(string what, Exception? inner = null) => new($"{what}\n{Place()}", inner);

    /// <summary>Where the story is, and how to tell it again.</summary>
    string Place()
    {
        // Tests run beside each other.
        var name = string.Create(CultureInfo.InvariantCulture, $"{Scenario.Name}-{_seed}-{_number}");
        var folder = Path.Combine(AppContext.BaseDirectory, "test-runs");
        var file = Path.Combine(
            Directory.CreateDirectory(folder).FullName, name + (_steered ? "-steered" : "") + ".yaml");
        File.WriteAllText(file, ScenarioWriter.Write(Scenario));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"scenario {Scenario.Name}, seed {_seed}, block {Block}, {Now.TotalSeconds:0.######} s\nagain    bta run "
            + $"{file}{(_ownCode ? " (without the code the test brings)" : "")}");
    }

    Scenario Parsed(string change) =>
        ScenarioException.Require(ScenarioFile.Parse(
            ScenarioWriter.Write(Scenario), "scenario", [new ScenarioOverride(change)]));
}

/// <summary>How a run ended.</summary>
/// <param name="Outcome">Fail when one property fails, else unknown when one is unknown, else pass.</param>
/// <param name="Properties">One verdict per property of the scenario.</param>
/// <param name="JournalHash">SHA-256 over the journal without the audit's rows: equal runs have equal ones.</param>
/// <param name="Blocks">Blocks closed after genesis.</param>
/// <param name="EmulatedTime">Emulated time that passed.</param>
public sealed record TestVerdict(
    Outcome Outcome, ImmutableArray<PropertyVerdict> Properties, string JournalHash, long Blocks,
    TimeSpan EmulatedTime);
