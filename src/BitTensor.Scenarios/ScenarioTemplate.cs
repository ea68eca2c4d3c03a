namespace BitTensor.Scenarios;

/// <summary>A scenario to start from.</summary>
public static class ScenarioTemplate
{
    /// <summary>A short commented scenario of this name. It runs as it is.</summary>
    public static string Text(string name) =>
        $"""
        # Reference: docs/SCENARIOS.md. Check with `bta check`, run with `bta run`.
        version: 1
        name: {name}
        description: Eight honest neurons and one that serves noise.
        seed: 1
        duration: 20 blocks

        mechanism:
          block-interval: 10 s
          temperature: 0.1        # smaller: masks tell bids apart more sharply

        data:
          set: digits             # or fashion-mnist, synthetic
          split: iid              # or dirichlet, by-label, sizes

        populations:
          - name: honest
            count: 8
            model: {"{"} kind: mlp, representation: 16, hidden: 64 {"}"}
            training: {"{"} iteration-interval: 2 s, batch-size: 32 {"}"}
          - name: free-riding
            count: 1
            strategy: free-ride

        network:
          default:
            latency: {"{"} distribution: lognormal, median: 20 ms, sigma: 0.5 {"}"}
            loss: 1%

        audit:
          every: 5 blocks

        expect:
          - property: ablation of free-riding < min ablation of honest
            holds: at end

        """;

    /// <summary>A short commented scenario of kind equilibrium. It runs as it is.</summary>
    public static string Equilibrium(string name) =>
        $"""
        # Reference: docs/SCENARIOS.md. Check with `bta check`, run with `bta run`.
        version: 1
        kind: equilibrium
        name: {name}
        description: Does the competitive rank find the peers that matter?
        seed: 1

        game:
          neurons: 10
          sigma: 0.5              # 0: peers matter alike, and no rank can tell them apart
          temperature: 1

        study:                    # or theta: FILE.json, for a game of your own
          kind: correlation
          alpha-over-tau: [1, 10, 25]
          trials: 20

        expect:
          - property: diagonal at alpha-over-tau 1 > 0.99
          - property: pearson at alpha-over-tau 25 > pearson at alpha-over-tau 1

        """;
}
