namespace BitTensor.Actors.Neurons;

/// <summary>
/// Whom not to ask for a while: a peer that refuses for want of room is spared for a time that doubles with every
/// refusal in a row.
/// </summary>
/// <param name="slots">Number of slots.</param>
/// <param name="first">Time after the first refusal; zero never spares.</param>
/// <param name="most">Longest time.</param>
sealed class BackOff(int slots, TimeSpan first, TimeSpan most)
{
    readonly int[] _refusals = new int[slots];
    readonly TimeSpan[] _until = new TimeSpan[slots];

    /// <summary>True when the peer of a slot is spared now.</summary>
    public bool Spares(int slot, TimeSpan now) => now < _until[slot];

    /// <summary>The peer has no room.</summary>
    public void Refused(int slot, TimeSpan now)
    {
        if (first > TimeSpan.Zero)
        {
            var wait = first * Math.Pow(2, Math.Min(_refusals[slot]++, 40));
            _until[slot] = now + (wait < most ? wait : most);
        }
    }

    /// <summary>The peer has answered.</summary>
    public void Answered(int slot) => _refusals[slot] = 0;
}
