namespace BitTensor.Learning;

/// <summary>
/// Renormalised answers without a trained gate: all that were asked for weigh 1, and those that came are scaled up to
/// the same sum.
/// </summary>
static class Survivors
{
    /// <summary>
    /// The factor on each answer, rows x (slots - 1); null when all came that were asked for. To an example for which
    /// none came no factor matters.
    /// </summary>
    /// <param name="shape">Shape.</param>
    /// <param name="rows">Examples.</param>
    /// <param name="asked">Who was asked; null for all.</param>
    /// <param name="answered">True for a slot with an answer.</param>
    public static float[]? Factors(ModelShape shape, int rows, GateChoice? asked, Predicate<int> answered)
    {
        var peers = Enumerable.Range(0, shape.Slots).Where(k => k != shape.OwnSlot).ToArray();
        var factors = new float[rows * peers.Length];
        var anyMissing = false;
        for (var row = 0; row < rows; row++)
        {
            var asks = peers.Where(k => asked is null || asked.Asks(row, k)).ToArray();
            var came = asks.Count(k => answered(k));
            anyMissing |= came < asks.Length;
            factors.AsSpan(row * peers.Length, peers.Length).Fill(came == 0 ? 1 : (float)asks.Length / came);
        }
        return anyMissing ? factors : null;
    }
}
