namespace BitTensor.Reports;

/// <summary>How the neurons with a gate load their peers.</summary>
static class GateLoad
{
    /// <summary>
    /// Of the examples that neurons with a gate asked their peers for in a block, the share of each neuron, shape n;
    /// null where nobody with a gate asked.
    /// </summary>
    public static double[]? Shares(RunBlock block)
    {
        var asked = new double[block.Rows.Count];
        foreach (var gate in block.Reports.Select(r => r?.Gate).OfType<Records.GateReport>())
        {
            foreach (var (peer, examples) in gate.Peers.Zip(gate.Examples))
            {
                asked[peer] += examples;
            }
        }
        return asked.Sum() > 0 ? BlockFigures.Shares(asked) : null;
    }

    /// <summary>Entropy of shares over that of equal ones, in [0, 1]; 1 for a single share.</summary>
    public static double Evenness(double[] shares) => shares.Length == 1
        ? 1
        : -shares.Where(s => s > 0).Sum(s => s * Math.Log(s)) / Math.Log(shares.Length);
}
