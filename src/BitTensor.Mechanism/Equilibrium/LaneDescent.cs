namespace BitTensor.Mechanism.Equilibrium;

/// <summary>Competitive descent of a queue of small games on one thread, eight at a time: a lane whose game ends takes the next game.</summary>
/// <param name="count">n of every game of the queue.</param>
/// <param name="done">Told every result.</param>
sealed class LaneDescent(int count, Action<int, EquilibriumPoint> done)
{
    readonly GameLanes _lanes = new(count);
    readonly Seat?[] _seats = new Seat?[GameLanes.Width];

    sealed class Seat(int number, Theta game)
    {
        public int Number => number;

        public Theta Game => game;

        public int Steps { get; set; }
    }

    /// <summary>Solves games until the queue is empty.</summary>
    /// <param name="take">The next game and its number, or null when there is none.</param>
    /// <param name="cancellation">Ends the search early.</param>
    public void Run(Func<(int Number, Theta Game)?> take, CancellationToken cancellation)
    {
        for (var lane = 0; lane < _seats.Length; lane++)
        {
            Sit(lane, take());
        }
        while (Array.Exists(_seats, static seat => seat is not null))
        {
            cancellation.ThrowIfCancellationRequested();
            var ended = Ended(_lanes.Step(), out var converged);
            for (var lane = 0; ended != 0 && lane < _seats.Length; lane++)
            {
                if ((ended >> lane & 1) != 0)
                {
                    Report(lane, (converged >> lane & 1) != 0);
                }
            }
            _lanes.Advance();
            for (var lane = 0; ended != 0 && lane < _seats.Length; lane++)
            {
                if ((ended >> lane & 1) != 0)
                {
                    Sit(lane, take());
                }
            }
        }
    }

    /// <summary>Counts one step of every game that goes on; the bits of the games that do not.</summary>
    uint Ended(uint residualMet, out uint converged)
    {
        var ended = 0u;
        for (var lane = 0; lane < _seats.Length; lane++)
        {
            if (_seats[lane] is not { } seat)
            {
                continue;
            }
            if ((residualMet >> lane & 1) != 0 || seat.Steps == seat.Game.StepLimit)
            {
                ended |= 1u << lane;
            }
            else
            {
                seat.Steps++;
            }
        }
        converged = residualMet & ended;
        return ended;
    }

    void Report(int lane, bool converged)
    {
        var seat = _seats[lane]!;
        done(seat.Number, EquilibriumPoint.At(seat.Game, converged, seat.Steps, _lanes.Weights(lane)));
    }

    void Sit(int lane, (int Number, Theta Game)? next)
    {
        if (next is { Game.Count: var n } && n != count)
        {
            throw new ArgumentException($"A game of {n} neurons in a queue of games of {count}; solve each n by its own call.");
        }
        _seats[lane] = next is { } game ? new Seat(game.Number, game.Game) : null;
        if (next is { Game: var theta })
        {
            _lanes.Put(lane, theta);
        }
    }
}
