namespace BitTensor.Mechanism.Equilibrium;

/// <summary>
/// Competitive descent of a queue of small games on one thread, eight at a time: a lane whose game ends takes the next
/// game. Gives each game the result it has alone;
/// <c>EquilibriumSpec.A_game_ends_in_the_same_bits_alone_in_company_and_on_any_number_of_threads</c> holds the bits
/// equal.
/// </summary>
/// <param name="count">n of every game of the queue.</param>
/// <param name="done">Receives each game's number and result.</param>
sealed class LaneDescent(int count, Action<int, EquilibriumPoint> done)
{
    readonly GameLanes _lanes = new(count);
    readonly Lane?[] _games = new Lane?[GameLanes.Width];

    sealed class Lane(int number, Theta game)
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
        for (var lane = 0; lane < _games.Length; lane++)
        {
            Fill(lane, take());
        }
        while (Array.Exists(_games, static running => running is not null))
        {
            cancellation.ThrowIfCancellationRequested();
            var ended = Ended(_lanes.Step(), out var converged);
            for (var lane = 0; ended != 0 && lane < _games.Length; lane++)
            {
                if ((ended >> lane & 1) != 0)
                {
                    Report(lane, (converged >> lane & 1) != 0);
                }
            }
            _lanes.Advance();
            for (var lane = 0; ended != 0 && lane < _games.Length; lane++)
            {
                if ((ended >> lane & 1) != 0)
                {
                    Fill(lane, take());
                }
            }
        }
    }

    /// <summary>Counts one step of every unfinished game; returns the bits of the finished ones.</summary>
    uint Ended(uint residualMet, out uint converged)
    {
        var ended = 0u;
        for (var lane = 0; lane < _games.Length; lane++)
        {
            if (_games[lane] is not { } running)
            {
                continue;
            }
            if ((residualMet >> lane & 1) != 0 || running.Steps == running.Game.StepLimit)
            {
                ended |= 1u << lane;
            }
            else
            {
                running.Steps++;
            }
        }
        converged = residualMet & ended;
        return ended;
    }

    void Report(int lane, bool converged)
    {
        var running = _games[lane]!;
        done(running.Number, EquilibriumPoint.At(running.Game, converged, running.Steps, _lanes.Weights(lane)));
    }

    void Fill(int lane, (int Number, Theta Game)? next)
    {
        if (next is { Game.Count: var n } && n != count)
        {
            throw new ArgumentException(
                $"A game of {n} neurons in a queue of games of {count}; solve each n by its own call.");
        }
        _games[lane] = next is { } game ? new Lane(game.Number, game.Game) : null;
        if (next is { Game: var theta })
        {
            _lanes.Put(lane, theta);
        }
    }
}
