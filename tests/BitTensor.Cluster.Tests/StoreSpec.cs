using BitTensor.Mechanism;
using BitTensor.Protocol;
using BitTensor.Records;
using Xunit;

namespace BitTensor.Cluster.Tests;

/// <summary>The ledger's store: what it refuses, in a file and in a database.</summary>
public sealed class StoreSpec(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("bta-test-").FullName;

    [Theory]
    [InlineData("file")]
    [PostgresData("database")]
    public void A_block_comes_back_bit_by_bit_and_verifies(string kind)
    {
        var place = Place(kind);
        var book = new Book();
        using (var store = LedgerStore.Create(place, book.Header))
        {
            for (var height = 0; height < 5; height++)
            {
                store.Append(book.Next());
            }
        }
        Assert.Equal(new LedgerVerification(true, 5, 4, book.Blocks[^1].Hash, null), LedgerVerifier.Verify(place));
        var copy = Path.Combine(_folder, "copy.db");
        LedgerCopy.Into(place, copy);
        Assert.Equal(new LedgerVerification(true, 5, 4, book.Blocks[^1].Hash, null), LedgerVerifier.Verify(copy));
        using var reader = LedgerReader.Open(place);
        Assert.Equal(book.Blocks.Select(b => b.Hash), reader.Blocks().Select(b => b.Hash));
        Assert.Equal([3, 4], reader.Blocks(from: 3).Select(b => b.Height));
    }

    [Theory]
    [InlineData("file")]
    [PostgresData("database")]
    public void After_a_take_over_the_former_ledger_can_write_nothing(string kind)
    {
        var place = Place(kind);
        var book = new Book();
        using var former = LedgerStore.Create(place, book.Header);
        using var formerStates = new StateStore(place, former.Epoch);
        former.Append(book.Next());
        formerStates.Keep("neuron-0", new KeptState(1, [1, 2, 3]));
        using (var successor = LedgerStore.TakeOver(place))
        {
            Assert.Equal(former.Epoch + 1, successor.Epoch);
            var disputed = book.Next();
            Assert.Throws<LedgerFencedException>(() => former.Append(disputed));
            Assert.Throws<LedgerFencedException>(() => formerStates.Keep("neuron-0", new KeptState(2, [4])));
            successor.Append(disputed);
            Assert.Throws<LedgerFencedException>(() => former.Append(disputed));
        }
        Assert.Equal([1, 2, 3], formerStates.Recall("neuron-0")!.Bytes);
        Assert.Null(formerStates.Recall("neuron-1"));
        Assert.Equal(2, LedgerVerifier.Verify(place).Blocks);
    }

    [Theory]
    [InlineData("file")]
    [PostgresData("database")]
    public void Who_lost_hold_of_an_epoch_takes_over_only_if_nobody_else_has(string kind)
    {
        var place = Place(kind);
        LedgerStore.Create(place, new Book().Header).Dispose();
        LedgerStore.TakeOver(place, held: 1).Dispose();
        Assert.Throws<LedgerFencedException>(() => LedgerStore.TakeOver(place, held: 1));
        using var third = LedgerStore.TakeOver(place, held: 2);
        Assert.Equal(3, third.Epoch);
    }

    [Theory]
    [InlineData("file")]
    [PostgresData("database")]
    public void No_height_has_two_blocks_and_none_is_left_out(string kind)
    {
        var book = new Book();
        using var store = LedgerStore.Create(Place(kind), book.Header);
        var genesis = book.Next();
        store.Append(genesis);
        Assert.Throws<LedgerException>(() => store.Append(genesis));
        book.Next();
        Assert.Throws<LedgerException>(() => store.Append(book.Next()));
    }

    [Theory]
    [InlineData("file")]
    [PostgresData("database")]
    public void A_ledger_is_never_written_over(string kind)
    {
        var place = Place(kind);
        LedgerStore.Create(place, new Book().Header).Dispose();
        Assert.Throws<LedgerException>(() => LedgerStore.Create(place, new Book().Header));
    }

    [PostgresFact]
    public void A_former_ledger_stopped_within_its_transaction_keeps_its_successor_waiting_for_seconds_only()
    {
        var place = Place("database");
        LedgerStore.Create(place, new Book().Header).Dispose();
        // What a stopped process leaves behind: a transaction that holds the epoch's row and never ends.
        using var stopped = place.Open(write: true);
        using var transaction = stopped.BeginTransaction();
        using var fence = new EpochFence(stopped, 1);
        fence.Hold(transaction);
        using var successor = LedgerStore.TakeOver(place);
        Assert.Equal(2, successor.Epoch);
        Assert.Empty(LedgerReader.Open(place).Blocks());
        Assert.ThrowsAny<System.Data.Common.DbException>(transaction.Commit);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static int _places;

    LedgerPlace Place(string kind) =>
        kind == "file"
            ? new LedgerPlace.File(Path.Combine(_folder, "ledger.db"))
            : new LedgerPlace.Database(postgres.Server.Connection, $"store-spec-{Interlocked.Increment(ref _places)}");

    /// <summary>Two neurons and their blocks, one submission in each after the first.</summary>
    sealed class Book
    {
        readonly NeuronKey _key = new(1, 0);
        Market _market;

        public Book()
        {
            Header = new LedgerHeader(
                "book-1", 1, new MechanismParameters(),
                [
                    new LedgerNeuron(0, "honest", _key.PublicKey, 1, WeightRow.Dense([0.5, 0.5])),
                    new LedgerNeuron(1, "honest", new NeuronKey(1, 1).PublicKey, 2, WeightRow.Dense([0.5, 0.5])),
                ]);
            _market = Header.Genesis();
        }

        public LedgerHeader Header { get; }

        public List<LedgerBlock> Blocks { get; } = [];

        public LedgerBlock Next()
        {
            var row = WeightRow.Dense([0.5 + 0.01 * _market.Height, 0.5 - 0.01 * _market.Height]);
            SubmissionEntry[] entries = _market.Height == 0
                ? []
                : [new SubmissionEntry(0, 0, _key.Sign(Header.Run, 0, _market.Height, row), null)];
            var close = _market.Close([.. entries.Select(e => new RowChange(e.Submission.Neuron, e.Submission.Row))]);
            Blocks.Add(
                LedgerBlock.Seal(
                _market.Height, 1000.0 * _market.Height, Blocks.LastOrDefault()?.Hash ?? Header.Hash(), close,
                entries));
            _market = close.Next;
            return Blocks[^1];
        }
    }
}
