using System.Globalization;
using BitTensor.Scenarios;
using Xunit;

namespace BitTensor.Scenarios.Tests;

/// <summary>What is wrong with a file is said with its line, column, code and remedy, and nothing else is.</summary>
public sealed class MalformedSpec
{
    /// <summary>A scenario without fault.</summary>
    const string Good =
        """
        version: 1
        name: base
        seed: 1
        duration: 10 blocks
        mechanism:
          tau: 0.1
          block-interval: 10 s
        data:
          set: digits
        populations:
          - name: honest
            count: 3
          - name: other
            count: 1
            strategy: free-ride
        network:
          default:
            latency: 10 ms
            loss: 1%
        audit:
          every: 5 blocks
        expect:
          - property: mean loss of honest < 1
            holds: at end

        """;

    /// <summary>
    /// What is wrong; the part of the good file it replaces (nothing: all of it); by what; line:column:code of every
    /// error.
    /// </summary>
    public static TheoryData<string, string, string, string> Cases => new()
    {
        {
            "a number that is set out of range", "network:",
            "timeline:\n  - at: 1 block\n    do: { action: set, tau: 0 }\nnetwork:", "18:29:BTA016"
        },
        {
            "a rule that is set and is none", "network:",
            "timeline:\n  - at: 1 block\n    do: { action: set, rule: { kind: yuma, kappa: 2 } }\nnetwork:",
            "18:51:BTA016"
        },
        { "a controller out of range", "  tau: 0.1", "  tau: { adaptive: { target: 0 } }", "6:30:BTA016" },
        {
            "bounds of tau the wrong way round", "  tau: 0.1", "  tau: { adaptive: { least: 11 } }", "6:29:BTA021"
        },
        { "a tau that is neither", "  tau: 0.1", "  tau: { target: 1 }", "6:8:BTA012 6:10:BTA010" },
        {
            "no alpha where tau is adaptive", "  tau: 0.1", "  tau: { adaptive: {} }\n  alpha: 0", "7:10:BTA021"
        },
        {
            "steps without bound where tau is adaptive", "  tau: 0.1",
            "  tau: { adaptive: {} }\n  alpha: 5E-324", "7:10:BTA021"
        },
        {
            "an alpha that lets steps grow without bound", "  tau: 0.1\n  block-interval: 10 s",
            "  tau: { adaptive: {} }\ntimeline:\n  - at: 1 block\n    do: { action: set, alpha: 1e-30 }", "9:31:BTA021"
        },
        {
            "an adaptive tau that is set", "  tau: 0.1\n  block-interval: 10 s",
            "  tau: { adaptive: {} }\ntimeline:\n  - at: 1 block\n    do: { action: set, tau: 1 }", "9:29:BTA021"
        },
        {
            "nothing that is set", "network:",
            "timeline:\n  - at: 1 block\n    do: { action: set }\nnetwork:", "18:9:BTA012"
        },
        { "too few examples", "set: digits", "examples: 7", "9:13:BTA021" },
        { "more neurons than examples", "count: 3", "count: 898", "9:3:BTA021" },
        {
            "more weights than a run can hold",
            "  set: digits\npopulations:\n  - name: honest\n    count: 3",
            "  set: synthetic\n  examples: 1000000\npopulations:\n  - name: honest\n    count: 20000", "12:3:BTA021"
        },
        {
            "more parameters than a machine holds", "    count: 3",
            "    count: 400\n    model: { kind: mlp, hidden: 65536 }", "13:12:BTA021"
        },
        {
            "more numbers of data than an array holds", "  set: digits",
            "  set: synthetic\n  examples: 10000000\n  features: 100000", "10:13:BTA021"
        },
        {
            "a batch that no tensor holds", "    count: 3",
            "    count: 3\n    training: { batch-size: 65536 }\n    model: { kind: mlp, hidden: 32768 }", "13:29:BTA021"
        },
        {
            "more records than a disk holds",
            "duration: 10 blocks\nmechanism:\n  tau: 0.1\n  block-interval: 10 s\ndata:\n  set: digits\n"
                + "populations:\n  - name: honest\n    count: 3",
            "duration: 1000000 blocks\nmechanism:\n  tau: 0.1\n  block-interval: 10 s\ndata:\n  set: synthetic\n"
                + "populations:\n  - name: honest\n    count: 1500", "4:11:BTA021"
        },
        { "own data without a path", "  set: digits", "  set: csv", "9:8:BTA012" },
        { "a path of data that are built in", "  set: digits", "  set: digits\n  path: mine", "10:9:BTA021" },
        { "a path with a zero byte", "  set: digits", "  set: csv\n  path: \"a\\0b\"", "10:9:BTA026" },
        { "a table's path with a zero byte", "network:", "network:\n  links: { file: \"a\\0b\" }", "17:18:BTA026" },
        {
            "a folder with a zero byte", "  set: digits", "  set: fashion-mnist\n  folder: \"a\\0b\"", "10:11:BTA026"},
        { "a text that steers a terminal", "name: base", "name: base\ndescription: \"a\\eb\"", "3:14:BTA026" },
        {
            "a name with a zero byte", "    holds: at end", "    holds: at end\n    name: \"a\\0b\"", "25:11:BTA026"},
        { "images without labels", "  set: digits", "  set: idx\n  path: mine", "9:8:BTA012" },
        { "a target of digits", "  set: digits", "  set: digits\n  target: size", "10:11:BTA021" },
        {
            "classes of a regression", "  set: digits",
            "  set: csv\n  path: mine\n  task: regression\n  split: dirichlet", "12:10:BTA021"},
        { "half a size", "  set: digits", "  set: images\n  path: mine\n  width: 3", "11:10:BTA021" },
        { "text for an mlp", "  set: digits", "  set: text", "11:5:BTA021 13:5:BTA021" },
        {
            "a transformer of images", "    count: 3", "    count: 3\n    model: { kind: transformer }", "13:12:BTA021"},
        {
            "a convolution of columns", "  set: digits\npopulations:\n  - name: honest\n    count: 3",
            "  set: synthetic\npopulations:\n  - name: honest\n    count: 3\n    model: { kind: conv }", "13:12:BTA021"},
        {
            "heads that do not divide",
            "  set: digits\npopulations:\n  - name: honest\n    count: 3\n  - name: other\n    count: 1",
            "  set: text\npopulations:\n  - name: honest\n    count: 3\n    model: { kind: transformer, heads: 3 }\n"
                + "  - name: other\n    count: 1\n    model: { kind: transformer }", "13:40:BTA021"},
        {
            "slots that are always dropped", "    count: 3", "    count: 3\n    model: { kind: mlp, slot-dropout: 100% }",
            "13:39:BTA021"},
        {
            "a head of another kind", "    count: 3", "    count: 3\n    model: { kind: mlp, head: round }",
            "13:31:BTA017"},
        { "orders without a coalition", "strategy: free-ride", "strategy: adaptive", "15:15:BTA021" },
        { "coalition of nobody", "audit:\n", "coalition: { members: nobody }\naudit:\n", "20:23:BTA022" },
        {
            "reserve that is no member", "audit:\n", "coalition: { members: other, reserve: honest }\naudit:\n",
            "20:39:BTA021"},
        {
            "sweep of nothing", "audit:\n", "sweep: { vary: [{ name: a }] }\naudit:\n",
            "20:17:BTA021 20:25:BTA021"},
        {
            "sweep of a path and points", "audit:\n",
            "sweep: { vary: [{ path: seed, values: 1, points: [{ name: a, set: seed=2 }] }] }\naudit:\n",
            "20:50:BTA021"},
        {
            "sweep of a path without values", "audit:\n", "sweep: { vary: [{ path: seed }] }\naudit:\n",
            "20:17:BTA012"},
        {
            "sweep of pairs without partner", "audit:\n",
            "sweep: { vary: [{ path: a, values: 1, with: [{ path: b, values: '1, 2' }] }] }\naudit:\n",
            "20:45:BTA021"},
        {
            "sweep with an empty value", "audit:\n",
            "sweep: { vary: [{ path: a, values: 1, with: [{ path: b, values: '1,, 2' }] }] }\naudit:\n",
            "20:45:BTA019"},
        {
            "sweep of points with one name", "audit:\n",
            "sweep: { vary: [{ points: [{ name: a, set: b=1 }, { name: a, set: b=2 }] }] }\naudit:\n",
            "20:27:BTA020"},
        {
            "sweep of a point that sets nothing", "audit:\n",
            "sweep: { vary: [{ points: [{ name: a, set: seed }] }] }\naudit:\n", "20:44:BTA026"},
        {
            "sweep whose axis has a name of the table", "audit:\n",
            "sweep: { vary: [{ name: seed, points: [{ name: a, set: b=1 }] }] }\naudit:\n", "20:16:BTA020"},
        {
            "sweep of two axes with one name", "audit:\n",
            "sweep: { vary: [{ points: [{ name: a, set: b=1 }] }, { points: [{ name: b, set: c=1 }] }] }\naudit:\n",
            "20:16:BTA020"},
        { "all in reserve", "audit:\n", "coalition: { members: other, reserve: other }\naudit:\n", "20:39:BTA021" },
        {
            "coalition too rich", "audit:\n", "coalition: { members: other, budget: { stake: 0.5 } }\naudit:\n",
            "20:47:BTA021"},
        {
            "tactic that does nothing", "audit:\n",
            "coalition: { members: other, tactics: [{ at: 1 block }] }\naudit:\n", "20:40:BTA021"},
        {
            "tactic without a moment", "audit:\n",
            "coalition: { members: other, tactics: [{ strategy: lazy }] }\naudit:\n", "20:40:BTA021"},
        {
            "tactic with two moments", "audit:\n",
            "coalition: { members: other, tactics: [{ at: 1 block, probability: 1%, strategy: lazy }] }\naudit:\n",
            "20:40:BTA021"},
        {
            "tactic after the end", "audit:\n",
            "coalition: { members: other, tactics: [{ at: 11 blocks, strategy: lazy }] }\naudit:\n", "20:46:BTA021"},
        {
            "tactic without a bound", "audit:\n",
            "coalition: { members: other, tactics: [{ metric: rank, strategy: lazy }] }\naudit:\n", "20:40:BTA021"},
        {
            "tactic from the start", "audit:\n",
            "coalition: { members: other, tactics: [{ at: 1 block, strategy: churn }] }\naudit:\n", "20:65:BTA021"},
        {
            "call without a reserve", "audit:\n",
            "coalition: { members: other, tactics: [{ at: 1 block, spawn: 1 }] }\naudit:\n", "20:62:BTA021"},
        {
            "tactic about a stranger", "audit:\n",
            "coalition: { members: other, tactics: [{ at: 1 block, who: honest, strategy: lazy }] }\naudit:\n",
            "20:60:BTA022"},
        { "unknown strategy", "strategy: free-ride", "strategy: free-rider", "15:15:BTA017" },
        {
            "unknown key of a strategy", "strategy: free-ride", "strategy: { name: free-ride, kinds: zeros }",
            "15:34:BTA010"},
        { "two rows at once", "strategy: free-ride", "strategy: [self-weight, lazy]", "15:15:BTA021" },
        {
            "two answers at once", "strategy: free-ride", "strategy: [self-weight, free-ride, poison-forward]",
            "15:15:BTA021"},
        { "honest and not", "strategy: free-ride", "strategy: [honest, lazy]", "15:15:BTA021" },
        { "no strategy", "strategy: free-ride", "strategy: []", "15:15:BTA019" },
        {
            "strategy about nobody", "strategy: free-ride", "strategy: { name: outbid, targets: nobody }",
            "15:40:BTA022"},
        { "strategy without its target", "strategy: free-ride", "strategy: outbid", "15:15:BTA012" },
        {
            "identities that are no number", "strategy: free-ride", "strategy: { name: sybil-split, identities: x }",
            "15:48:BTA014"},
        { "owner without identities", "strategy: free-ride", "strategy: sybil-split", "15:15:BTA012" },
        { "dilution with stake", "strategy: free-ride", "strategy: sybil-dilute", "15:15:BTA021" },
        {
            "data of a neuron without", "strategy: free-ride", "strategy: poison-data\n    model: { kind: quadratic }",
            "15:15:BTA021 16:12:BTA021"},
        {
            "gradients nobody learns from", "strategy: free-ride",
            "strategy: poison-backward\n    model: { kind: quadratic }", "15:15:BTA021 16:12:BTA021"},
        {
            "spread of one number", "strategy: free-ride",
            "strategy: { name: poison-forward, kind: shift }\n    model: { kind: quadratic }",
            "15:15:BTA021 16:12:BTA021"},
        { "unknown key at the top", "seed: 1", "seeds: 1", "1:1:BTA012 3:1:BTA010" },
        { "unknown key in a section", "  tau: 0.1", "  taux: 0.1", "6:3:BTA010" },
        { "duplicate key", "  tau: 0.1", "  tau: 0.1\n  tau: 0.2", "7:3:BTA011" },
        { "duplicate section", "audit:\n", "audit:\n  every: 5 blocks\naudit:\n", "22:1:BTA011" },
        { "missing version", "version: 1\n", "", "1:1:BTA012" },
        { "missing name", "name: base\n", "", "1:1:BTA012" },
        { "missing seed", "seed: 1\n", "", "1:1:BTA012" },
        { "missing count", "    count: 3\n", "", "11:5:BTA012" },
        { "unknown version", "version: 1", "version: 2", "1:10:BTA025" },
        { "text for a number", "  tau: 0.1", "  tau: much", "6:8:BTA014" },
        { "fraction for a whole number", "    count: 3", "    count: 3.5", "12:12:BTA014" },
        { "NaN", "  tau: 0.1", "  tau: .nan", "6:8:BTA018" },
        { "nan word", "  tau: 0.1", "  tau: NaN", "6:8:BTA018" },
        { "infinity", "  tau: 0.1", "  tau: .inf", "6:8:BTA018" },
        { "overflow", "  tau: 0.1", "  tau: 1e999", "6:8:BTA018" },
        { "zero tau", "  tau: 0.1", "  tau: 0", "6:8:BTA016" },
        { "negative count", "    count: 3", "    count: -3", "12:12:BTA016" },
        { "zero count", "    count: 3", "    count: 0", "12:12:BTA016" },
        { "no unit on a duration", "  block-interval: 10 s", "  block-interval: 10", "7:19:BTA015" },
        { "unknown unit", "  block-interval: 10 s", "  block-interval: 10 fortnights", "7:19:BTA015" },
        { "negative duration", "    latency: 10 ms", "    latency: -10 ms", "18:14:BTA016" },
        { "zero interval", "  block-interval: 10 s", "  block-interval: 0 s", "7:19:BTA016" },
        { "duration without unit", "duration: 10 blocks", "duration: 10", "4:11:BTA015" },
        { "duration below a block", "duration: 10 blocks", "duration: 1 s", "4:11:BTA021" },
        { "zero blocks", "duration: 10 blocks", "duration: 0 blocks", "4:11:BTA016" },
        { "percent above 100", "    loss: 1%", "    loss: 101%", "19:11:BTA016" },
        { "share above 1", "    loss: 1%", "    loss: 1.5", "19:11:BTA016" },
        { "unknown data set", "  set: digits", "  set: mnist", "9:8:BTA017" },
        { "unknown strategy", "    strategy: free-ride", "    strategy: cheat", "15:15:BTA017" },
        {
            "strategy of unknown kind in long form", "    strategy: free-ride", "    strategy: { name: cheat }",
            "15:23:BTA017"},
        { "section where a value belongs", "  tau: 0.1", "  step: { a: 1 }", "6:9:BTA013" },
        { "value where a section belongs", "audit:\n  every: 5 blocks", "audit: 5", "20:8:BTA013" },
        {
            "list where a section belongs", "  default:\n    latency: 10 ms\n    loss: 1%",
            "  default:\n    - latency: 10 ms", "18:5:BTA013"},
        {
            "empty populations",
            "populations:\n  - name: honest\n    count: 3\n  - name: other\n    count: 1\n    strategy: free-ride\n",
            "populations: []\n", "10:14:BTA019"},
        {
            "populations without value",
            "populations:\n  - name: honest\n    count: 3\n  - name: other\n    count: 1\n    strategy: free-ride\n",
            "populations:\n", "10:13:BTA019"},
        { "population name twice", "  - name: other", "  - name: honest", "13:11:BTA020" },
        { "population named any", "  - name: other", "  - name: any", "13:11:BTA020" },
        { "bad name", "name: base", "name: base/../x", "2:7:BTA026" },
        { "empty name", "name: base", "name: \"\"", "2:7:BTA019" },
        {
            "link to an unknown population", "    loss: 1%",
            "    loss: 1%\n  links:\n    - from: nobody\n      loss: 1%", "21:13:BTA022"},
        {
            "timeout above the interval", "    count: 3",
            "    count: 3\n    training: { iteration-interval: 1 s, reply-timeout: 2 s }", "13:57:BTA021"},
        {
            "uniform upside down", "    latency: 10 ms",
            "    latency: { distribution: uniform, low: 20 ms, high: 10 ms }", "18:44:BTA021"},
        {
            "latency misses its parameter", "    latency: 10 ms", "    latency: { distribution: normal, mean: 10 ms }",
            "18:14:BTA012"},
        {
            "parameter of another distribution", "    latency: 10 ms",
            "    latency: { distribution: constant, value: 1 ms, sigma: 2 }", "18:53:BTA010"},
        {
            "representations differ", "    count: 1", "    count: 1\n    model: { kind: mlp, representation: 8 }",
            "15:12:BTA021"},
        { "quadratic among mlp", "    count: 1", "    count: 1\n    model: { kind: quadratic }", "15:12:BTA021" },
        {
            "data for quadratic only", "    count: 3\n  - name: other\n    count: 1\n    strategy: free-ride",
            "    count: 3\n    model: { kind: quadratic }", "9:3:BTA021"},
        {
            "degree as large as the network", "network:", "topology: { kind: random, degree: 4 }\nnetwork:",
            "16:35:BTA021"},
        { "reach round the circle", "network:", "topology: { kind: ring, reach: 2 }\nnetwork:", "16:32:BTA021" },
        {
            "odd number of edge ends", "    count: 1\n    strategy: free-ride\n",
            "    count: 2\n    strategy: free-ride\ntopology: { kind: regular, degree: 3 }\n", "16:36:BTA021"},
        { "edge to nobody", "network:", "topology: { kind: edges, list: 0-1 1-7 }\nnetwork:", "16:32:BTA021" },
        { "edge to itself", "network:", "topology: { kind: edges, list: 1-1 }\nnetwork:", "16:32:BTA021" },
        { "edges unreadable", "network:", "topology: { kind: edges, list: 0-1; 1-2 }\nnetwork:", "16:32:BTA026" },
        { "queue without bandwidth", "    loss: 1%", "    queue: 64 kB", "19:12:BTA021" },
        { "queue without unit", "    loss: 1%", "    bandwidth: 1 MB/s\n    queue: 64", "20:12:BTA015" },
        { "burst without its way out", "    loss: 1%", "    loss: { model: bursts, good-to-bad: 1% }", "19:11:BTA012" },
        {
            "link to an unknown zone", "    loss: 1%",
            "    loss: 1%\n  links:\n    - from: zone north\n      loss: 1%", "21:13:BTA022"},
        {
            "link to an unknown neuron", "    loss: 1%", "    loss: 1%\n  links:\n    - to: neuron 4\n      loss: 1%",
            "21:11:BTA021"},
        {
            "link of an unknown kind", "    loss: 1%", "    loss: 1%\n  links:\n    - kind: gossip\n      loss: 1%",
            "21:13:BTA017"},
        { "population named ledger", "  - name: other", "  - name: ledger", "13:11:BTA020" },
        { "timeline without when", "audit:", "timeline:\n  - do: { action: heal }\naudit:", "21:5:BTA021" },
        {
            "timeline with two whens", "audit:",
            "timeline:\n  - { at: 1 block, every: 1 block, do: { action: heal } }\naudit:", "21:5:BTA021"},
        { "timeline without what", "audit:", "timeline:\n  - at: 1 block\naudit:", "21:5:BTA012" },
        {
            "timeline after the end", "audit:", "timeline:\n  - at: 10 blocks\n    do: { action: heal }\naudit:",
            "21:9:BTA021"},
        {
            "timeline upside down", "audit:",
            "timeline:\n  - from: 5 blocks\n    until: 20 s\n    do: { action: pause }\naudit:", "22:12:BTA021"},
        {
            "timeline moment without unit", "audit:", "timeline:\n  - at: 5\n    do: { action: heal }\naudit:",
            "21:9:BTA015"},
        {
            "unknown action", "audit:", "timeline:\n  - at: 1 block\n    do: { action: explode }\naudit:",
            "22:19:BTA017"},
        {
            "what lasts no time", "audit:",
            "timeline:\n  - at: 1 block\n    for: 2 blocks\n    do: { action: heal }\naudit:", "22:10:BTA021"},
        {
            "length beside until", "audit:",
            "timeline:\n  - from: 1 block\n    until: 3 blocks\n    for: 1 s\n    do: { action: pause }\naudit:",
            "23:10:BTA021"},
        {
            "an outage without end", "audit:", "timeline:\n  - at: 1 block\n    do: { action: ledger-outage }\naudit:",
            "21:5:BTA021"},
        { "too often", "audit:", "timeline:\n  - every: 1 ms\n    do: { action: pause }\naudit:", "21:12:BTA016" },
        { "no rate", "audit:", "timeline:\n  - rate: 0 per s\n    do: { action: pause }\naudit:", "21:11:BTA016" },
        {
            "unknown rate", "audit:", "timeline:\n  - rate: 3 per fortnight\n    do: { action: pause }\naudit:",
            "21:11:BTA026"},
        {
            "timeline of an unknown population", "audit:",
            "timeline:\n  - at: 1 block\n    do: { action: crash, who: nobody }\naudit:", "22:31:BTA022"},
        {
            "timeline of an unknown role", "audit:",
            "timeline:\n  - at: 1 block\n    do: { action: crash, who: role self-weight }\naudit:", "22:31:BTA022"},
        {
            "timeline of an unknown neuron", "audit:",
            "timeline:\n  - at: 1 block\n    do: { action: crash, who: \"neurons 1-4\" }\naudit:", "22:31:BTA021"},
        {
            "ids upside down", "audit:",
            "timeline:\n  - at: 1 block\n    do: { action: crash, who: \"neurons 2-1\" }\naudit:", "22:31:BTA021"},
        {
            "take nobody", "audit:", "timeline:\n  - at: 1 block\n    do: { action: crash, take: 0% }\naudit:",
            "22:32:BTA016"},
        {
            "take text", "audit:", "timeline:\n  - at: 1 block\n    do: { action: crash, take: some }\naudit:",
            "22:32:BTA026"},
        {
            "groups without number", "audit:",
            "timeline:\n  - at: 1 block\n    do: { action: partition, kind: groups }\naudit:", "22:9:BTA021"},
        {
            "number without groups", "audit:",
            "timeline:\n  - at: 1 block\n    do: { action: partition, groups: 2 }\naudit:", "22:38:BTA021"},
        {
            "more groups than neurons", "audit:",
            "timeline:\n  - at: 1 block\n    do: { action: partition, kind: groups, groups: 5 }\naudit:",
            "22:52:BTA021"},
        {
            "a slow disk without latency", "audit:",
            "timeline:\n  - at: 1 block\n    for: 1 block\n    do: { action: disk, fault: slow }\naudit:",
            "23:9:BTA021"},
        {
            "a full disk with latency", "audit:",
            "timeline:\n  - at: 1 block\n    for: 1 block\n    do: { action: disk, fault: full, latency: 1 s }\naudit:",
            "23:47:BTA021"},
        {
            "slower than nothing", "audit:",
            "timeline:\n  - at: 1 block\n    do: { action: slow, factor: 0.5 }\naudit:", "22:33:BTA016"},
        {
            "byzantine gradients that a rule does not stand", "    count: 3",
            "    count: 3\n    defence: { gradients: krum, of: 4, byzantine: 1 }", "13:37:BTA021"},
        {
            "several gradients for a step of each", "    count: 3", "    count: 3\n    defence: { of: 4 }",
            "13:20:BTA021"},
        { "a bound below the median", "    count: 3", "    count: 3\n    defence: { norm-clip: 0.5 }", "13:27:BTA016" },
        {
            "rows hidden to the end", "  block-interval: 10 s", "  block-interval: 10 s\n  reveal-after: 10 blocks",
            "8:17:BTA021"},
        { "queue without workers", "    count: 3", "    count: 3\n    serving: { queue: 3 }", "13:23:BTA021" },
        { "no answer at all", "    count: 3", "    count: 3\n    training: { k-min: 0 }", "13:24:BTA016" },
        {
            "no stake", "    count: 3\n  - name: other\n    count: 1\n    strategy: free-ride",
            "    count: 3\n    stake: 0", "11:3:BTA021"},
        { "negative stake", "    count: 3", "    count: 3\n    stake: -1", "13:12:BTA016" },
        { "unreadable property", "mean loss of honest < 1", "loss is small", "23:20:BTA023" },
        { "unknown metric", "mean loss of honest < 1", "mean lossy of honest < 1", "23:20:BTA024" },
        { "property of an unknown population", "mean loss of honest < 1", "mean loss of nobody < 1", "23:28:BTA022" },
        { "no aggregate", "mean loss of honest < 1", "loss of honest < 1", "23:15:BTA023" },
        { "network metric with population", "mean loss of honest < 1", "mean gini of honest < 1", "23:20:BTA023" },
        { "comparison missing", "mean loss of honest < 1", "mean loss of honest", "23:15:BTA023" },
        { "horizon after the end", "    holds: at end", "    holds: from block 11", "24:12:BTA021" },
        { "unknown horizon", "    holds: at end", "    holds: sometimes", "24:12:BTA026" },
        { "tabs for indentation", "  tau: 0.1", "\ttau: 0.1", "6:1:BTA001" },
        { "unclosed bracket", "  set: digits", "  set: [digits", "9:8:BTA001" },
        { "bad indentation", "  tau: 0.1\n", "   tau: 0.1\n", "7:3:BTA001" },
        { "anchor", "  tau: 0.1", "  tau: &a 0.1", "6:8:BTA004" },
        { "alias", "  tau: 0.1", "  tau: *a", "6:8:BTA004" },
        { "tag", "  tau: 0.1", "  tau: !!float 0.1", "6:8:BTA004" },
        { "python tag", "  tau: 0.1", "  tau: !!python/object:os.system 1", "6:8:BTA004" },
        { "second document", "expect:", "---\nexpect:", "22:1:BTA005" },
        { "directive", "version: 1", "%YAML 1.2\n---\nversion: 1", "1:1:BTA005" },
        { "merge key", "  tau: 0.1", "  <<: { tau: 1 }", "6:3:BTA010" },
        { "control character", "name: base", "name: ba\ase", "2:9:BTA006" },
        { "seed below zero", "seed: 1", "seed: -1", "3:7:BTA016" },
        { "seed too large", "seed: 1", "seed: 99999999999999999999", "3:7:BTA016" },
        { "text has no end", "name: base", "name: \"base", "2:7:BTA001" },
        { "a scalar file", "", "hello", "1:1:BTA013" },
        { "a list file", "", "- a\n- b\n", "1:1:BTA013" },
        { "an empty file", "", "", "1:1:BTA019" },
        { "only comments", "", "# nothing\n", "1:1:BTA019" },
        { "null value", "  tau: 0.1", "  tau:", "6:7:BTA014" },
        { "thousands", "    count: 3", "    count: 1,000", "12:12:BTA014" },
        { "hex", "    count: 3", "    count: 0x10", "12:12:BTA014" },
        { "too many neurons", "    count: 3", "    count: 10000000", "12:12:BTA016" },
        { "holdout of 0", "  set: digits", "  set: digits\n  holdout: 0", "10:12:BTA016" },
        { "audit never blocks", "  every: 5 blocks", "  every: 0 blocks", "21:10:BTA016" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_fault_is_named_where_it_is(string what, string part, string by, string expected)
    {
        Assert.True(
            part.Length == 0 || Good.Contains(part, StringComparison.Ordinal), $"{what}: the good file lacks the part");
        var text = part.Length == 0 ? by : ReplaceFirst(part, by);
        var result = ScenarioFile.Parse(text, "x.yaml", []);
        Assert.Null(result.Value);
        Assert.Equal(
            expected,
            string.Join(
            ' ', result.Errors.Select(
            e => string.Create(CultureInfo.InvariantCulture, $"{e.Line}:{e.Column}:{e.Code}"))));
        Assert.All(result.Errors, e =>
        {
            Assert.Equal("x.yaml", e.File);
            Assert.NotEmpty(e.Message);
            Assert.NotEmpty(e.Remedy);
            Assert.Contains(ErrorCodes.All, c => c.Code == e.Code);
        });
    }

    [Fact]
    public void The_good_file_is_good()
    {
        var result = ScenarioFile.Parse(Good, "x.yaml", []);
        Assert.Empty(result.Errors);
        Assert.Equal(10, result.Value!.Blocks);
        Assert.Equal(["honest", "other"], result.Value.Populations.Select(p => p.Name));
    }

    [Fact]
    public void Every_fault_of_a_file_is_reported_at_once()
    {
        var text = ReplaceFirst("  tau: 0.1", "  tau: much").Replace("count: 3", "count: 0", StringComparison.Ordinal);
        Assert.Equal([6, 12], ScenarioFile.Parse(text, "x.yaml", []).Errors.Select(e => e.Line));
    }

    [Fact]
    public void Windows_line_ends_and_a_byte_order_mark_change_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("scenario-");
        var path = Path.Combine(folder.FullName, "x.yaml");
        File.WriteAllText(path, "\uFEFF" + Good.ReplaceLineEndings("\r\n"));
        Assert.Empty(ScenarioFile.Load(path, []).Errors);
        folder.Delete(recursive: true);
    }

    /// <summary>A sweep over splits: concentration is of one of them, and the file has to state it.</summary>
    [Fact]
    public void A_key_that_has_no_effect_at_a_point_of_a_sweep_is_left_out_there()
    {
        var text = ReplaceFirst("set: digits", "set: digits\n  split: dirichlet\n  concentration: 0.3");
        ScenarioResult At(params string[] set) => ScenarioFile.Parse(
            text, "x.yaml", [.. set.Select(s => new ScenarioOverride(s, ScenarioOverride.OfSweep))]);
        var point = At("data.split=iid");
        Assert.Empty(point.Errors);
        Assert.DoesNotContain("concentration", ScenarioWriter.Write(point.Value!), StringComparison.Ordinal);
        Assert.Equal(0.3, At("data.split=dirichlet").Value!.Data!.Concentration);
        Assert.Equal(
            ErrorCodes.Contradiction, Assert.Single(At("data.split=iid", "data.concentration=1").Errors).Code);
        Assert.Equal(
            ErrorCodes.Contradiction,
            Assert.Single(ScenarioFile.Parse(text, "x.yaml", [new ScenarioOverride("data.split=iid")]).Errors).Code);
    }

    public static TheoryData<string, string> HostileTexts => new()
    {
        { string.Concat(Enumerable.Repeat("a: \n", 400_000)), ErrorCodes.TooLarge },
        { new string('[', 10_000), ErrorCodes.TooDeep },
        { string.Concat(Enumerable.Range(0, 200).Select(d => new string(' ', d) + "a:\n")), ErrorCodes.TooDeep },
        { "a: [" + string.Concat(Enumerable.Repeat("1,", 200_000)) + "1]", ErrorCodes.TooDeep },
        { "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n", ErrorCodes.Indirection },
        { "!<tag:yaml.org,2002:python/object/apply:os.system> [ls]", ErrorCodes.Indirection },
        { "version: 1\0", ErrorCodes.Encoding },
    };

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public void A_hostile_file_is_refused_by_its_first_fault(string text, string code) =>
        Assert.Equal(code, Assert.Single(ScenarioFile.Parse(text, "x.yaml", []).Errors).Code);

    [Fact]
    public void Arbitrary_damage_is_an_error_or_a_scenario_but_never_an_exception()
    {
        var junk = new[] {
            "[", "{", "\"", "'", "|", ">", ":", "- ", "? ", "&x", "*x", "!!map", "%", "---", "...", "#", "\t", "\n",
            "\u2028", "𝄞", "", " ", "{}"};
        CsCheck.Check.Sample(
            CsCheck.Gen.Select(
                CsCheck.Gen.Int[0, Good.Length - 1], CsCheck.Gen.Int[0, 12], CsCheck.Gen.Int[0, junk.Length - 1]),
            damage =>
            {
                var (at, cut, with) = damage;
                var text = Good[..at] + junk[with] + Good[Math.Min(Good.Length, at + cut)..];
                var result = ScenarioFile.Parse(text, "x.yaml", []);
                Assert.NotEqual(result.Value is null, result.Errors.IsEmpty);
            },
            iter: 3000);
    }

    static string ReplaceFirst(string part, string by)
    {
        var at = Good.IndexOf(part, StringComparison.Ordinal);
        return Good[..at] + by + Good[(at + part.Length)..];
    }

    /// <summary>Two swapped letters are one mistake: in a word of four letters two are too many to guess.</summary>
    [Theory]
    [InlineData("sede", "seed")]
    [InlineData("seeed", "seed")]
    [InlineData("adtui", null)]
    [InlineData("auidt", "audit")]
    public void A_key_with_swapped_letters_is_recognised(string typed, string? meant) =>
        Assert.Equal(meant, Shorten.Nearest(typed, ["seed", "audit", "network"]));
}
