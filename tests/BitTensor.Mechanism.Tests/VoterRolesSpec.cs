using BitTensor.Mechanism;
using Xunit;

namespace BitTensor.Mechanism.Tests;

/// <summary>Whose rows count, by numbers that a hand computes.</summary>
public sealed class VoterRolesSpec
{
    static readonly WeightRow[] Rows =
    [
        WeightRow.Of([2, 3], [0.8, 0.2]), WeightRow.Of([2], [1]), WeightRow.Of([3], [1]),
        WeightRow.Of([0, 1], [0.5, 0.5]),
    ];

    static readonly double[] Stake = [4, 3, 2, 1];

    /// <summary>R of eq. (5) of the rows that count: each entry is 1/4 of the sum that the case names.</summary>
    public static TheoryData<string, VoterRoles, double[]> Cases => new()
    {
        { "all", VoterRoles.None, [0.5, 0.5, 4 * 0.8 + 3, 4 * 0.2 + 2] },
        { "neurons 0 and 1 hold most", new() { Validators = 2 }, [0, 0, 4 * 0.8 + 3, 4 * 0.2] },
        { "more validators than neurons", new() { Validators = 9 }, [0.5, 0.5, 4 * 0.8 + 3, 4 * 0.2 + 2] },
        { "neuron 3 holds less than 2", new() { LeastStake = 2 }, [0, 0, 4 * 0.8 + 3, 4 * 0.2 + 2] },
        { "no weight above a half", new() { MaxWeight = 0.5 }, [0.5, 0.5, 4 * 0.5 + 3 * 0.5, 4 * 0.2 + 2 * 0.5] },
        { "rows 1 and 2 name one neuron", new() { MinTargets = 2 }, [0.5, 0.5, 4 * 0.8, 4 * 0.2] },
        {
            "one voter, cut", new() { Validators = 1, LeastStake = 1, MaxWeight = 0.5, MinTargets = 2 },
            [0, 0, 4 * 0.5, 4 * 0.2]
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_block_ranks_by_the_rows_that_count(string what, VoterRoles roles, double[] sums)
    {
        var market = Market.Genesis(Rows, Stake, new MechanismParameters { Roles = roles });
        var close = market.Close([]);
        Assert.Equal(Array.ConvertAll(sums, s => s / 4), close.Rank);
        Assert.True(Stake.SequenceEqual(close.Stake), what);
        Assert.Equal(Rows, Enumerable.Range(0, 4).Select(close.Next.Row));
        // Masks (7) are not paid by: they follow from all of W and S.
        Assert.Equal(Ranking.Rank(Rows, Stake), market.Mu());
    }

    [Fact]
    public void Of_equal_stake_the_lower_index_votes()
    {
        WeightRow[] rows = [WeightRow.Of([0], [1]), WeightRow.Of([1], [1]), WeightRow.Of([2], [1])];
        var roles = new VoterRoles { Validators = 2 };
        Assert.Equal(
            [1.0 / 3, 1.0 / 3, 0],
            Market.Genesis(rows, [1, 1, 1], new MechanismParameters { Roles = roles }).Close([]).Rank);
        Assert.Equal(
            [1.0 / 3, 0, 2.0 / 3],
            Market.Genesis(rows, [1, 1, 2], new MechanismParameters { Roles = roles }).Close([]).Rank);
    }

    [Fact]
    public void A_row_counts_until_it_is_older_than_the_cutoff_and_again_when_it_changes()
    {
        var parameters = new MechanismParameters
        {
            Roles = new VoterRoles { ActivityCutoff = 1 }, Emission = false, Epsilon = 2,
        };
        var market = Market.Genesis([WeightRow.Of([0], [1]), WeightRow.Of([0], [1])], [2, 4], parameters);
        // Neuron 1 moves its row to itself in block 1; neuron 0 never moves.
        double[][] ranks = [[3, 0], [1, 2], [0, 2], [0, 0], [0, 0]];
        for (var height = 0; height < ranks.Length; height++)
        {
            var close = market.Close(height == 1 ? [new RowChange(1, WeightRow.Of([1], [1]))] : []);
            Assert.Equal(ranks[height], close.Rank);
            market = close.Next;
        }
        var again = market.Close([new RowChange(0, WeightRow.Of([0, 1], [0.5, 0.5]))]);
        Assert.Equal([0.5, 0.5], again.Rank);
        Assert.Equal([5, 1], again.Next.VotedAt.ToArray());
    }

    /// <summary>
    /// Who loses its vote gets no dividend: its relative bonds do not grow with what it would give, and its stake does
    /// not count.
    /// </summary>
    [Fact]
    public void Bonds_of_who_does_not_vote_decay()
    {
        WeightRow[] rows = [WeightRow.Of([2], [1]), WeightRow.Of([2], [1]), WeightRow.Of([2], [1])];
        var parameters = new MechanismParameters { Rule = new RelativeBonds(0.5, 1, 0.5, 0), Emission = false };
        var both = Market.Genesis(rows, [2, 1, 0], parameters).Close([]);
        Assert.Equal([2.0 / 3, 1.0 / 3, 0], both.Rank);
        var one = Market.Genesis(
            rows, [2, 1, 0], parameters with { Roles = new VoterRoles { Validators = 1 } }).Close([]);
        Assert.Equal([1, 0, 0], one.Rank);
        Assert.Equal((0.5, 0), (one.Next.Bonds!.Row(0)[2], one.Next.Bonds.Row(1)[2]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("validators=20")]
    [InlineData("least-stake=0.25 max-weight=0.5")]
    [InlineData("validators=1 least-stake=1E-30 activity-cutoff=0 max-weight=0.1 min-targets=3")]
    public void Roles_read_back_from_their_line(string text) => Assert.Equal(text, VoterRoles.Parse(text)!.ToString());

    [Theory]
    [InlineData("validators=0")]
    [InlineData("validators=1.5")]
    [InlineData("validators")]
    [InlineData("least-stake=0")]
    [InlineData("least-stake=NaN")]
    [InlineData("activity-cutoff=-1")]
    [InlineData("max-weight=1")]
    [InlineData("min-targets=0")]
    [InlineData("min-targets=1 validators=1")]
    [InlineData("validators=1 ")]
    [InlineData("voters=1")]
    public void Anything_else_is_no_roles(string text) => Assert.Null(VoterRoles.Parse(text));
}
