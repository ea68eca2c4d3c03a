using BitTensor.Actors.Run;
using BitTensor.Records;
using Microsoft.Data.Sqlite;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>
/// A ledger file damaged at every place it can be damaged (without <c>BTA_LONG_STORIES</c> at every few bytes): it is
/// refused with the place, or it is right as far as it goes. Nothing in it is ever another value than the one that was
/// written.
/// </summary>
public sealed class RecoverySpec : IClassFixture<RecoverySpec.SmallLedger>
{
    /// <summary>
    /// Bytes from one place to the next. No power of two, so that the places move on through the fields of records.
    /// </summary>
    static readonly int Step = LongStories.Wanted ? 1 : 17;

    readonly SmallLedger _small;

    public RecoverySpec(SmallLedger small) => _small = small;

    [Theory]
    [InlineData(0xff)]
    [InlineData(0x01)]
    public void Any_single_byte_of_a_small_ledger_changed_is_refused_with_its_place_or_touches_nothing(byte change)
    {
        var (refused, untouched) = (0, 0);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Ledger, _small.Bytes);
        for (var at = 0; at < _small.Bytes.Length; at += Step)
        {
            Overwrite(folder.Ledger, at, (byte)(_small.Bytes[at] ^ change));
            var found = LedgerVerifier.Verify(folder.Ledger);
            Overwrite(folder.Ledger, at, _small.Bytes[at]);
            Assert.True(found.Ok ? IsPrefix(found) : found.Problem is { Length: > 10 }, $"byte {at}: {found}");
            (refused, untouched) = found.Ok ? (refused, untouched + 1) : (refused + 1, untouched);
        }
        // The rest is room between records, and who may write.
        Assert.True(refused > 1500 / Step, $"only {refused} changes were noticed, {untouched} were not");
        Assert.Equal(_small.Heads[^1], LedgerVerifier.Verify(folder.Ledger).Head);
    }

    [Fact]
    public void A_ledger_cut_off_anywhere_is_refused_or_a_prefix()
    {
        using var folder = new TemporaryFolder();
        for (var length = 0; length < _small.Bytes.Length; length += 3 * Step)
        {
            File.WriteAllBytes(folder.Ledger, _small.Bytes[..length]);
            var found = LedgerVerifier.Verify(folder.Ledger);
            Assert.True(found.Ok ? IsPrefix(found) : found.Problem is { Length: > 10 }, $"{length} bytes: {found}");
        }
    }

    /// <summary>
    /// A process that dies leaves a write-ahead log; here it ends at every byte of the last block's record.
    /// </summary>
    [Fact]
    public void A_log_that_ends_within_its_last_block_gives_the_blocks_before_it_and_goes_on_from_there()
    {
        using var folder = new TemporaryFolder();
        var (before, whole) = (_small.Logs[^2].Length, _small.Logs[^1]);
        for (var length = before; length <= whole.Length; length = Next(length, whole.Length))
        {
            // The last frame of a transaction is what makes it one.
            var complete = length == whole.Length;
            Lay(folder.Ledger, _small.Base, whole[..length]);
            var found = LedgerVerifier.Verify(folder.Ledger);
            Assert.True(found.Ok && found.Head == _small.Heads[complete ? ^1 : ^2], $"{length} of {whole.Length} "
                + $"bytes: {found}");
            if (!complete && length % 211 < Step)
            {
                using (var store = LedgerStore.TakeOver(new LedgerPlace.File(folder.Ledger)))
                {
                    store.Append(_small.Last);
                }
                Assert.Equal(_small.Heads[^1], LedgerVerifier.Verify(folder.Ledger).Head);
            }
        }
    }

    [Fact]
    public void A_log_with_any_byte_of_its_last_block_changed_gives_the_blocks_before_it()
    {
        using var folder = new TemporaryFolder();
        var (before, whole) = (_small.Logs[^2].Length, _small.Logs[^1]);
        for (var at = before; at < whole.Length; at += Step)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x10;
            Lay(folder.Ledger, _small.Base, damaged);
            var found = LedgerVerifier.Verify(folder.Ledger);
            Assert.True(found.Ok && found.Head == _small.Heads[^2], $"byte {at} of the log: {found}");
        }
    }

    /// <summary>The place after this one; the last of all is never left out.</summary>
    static int Next(int place, int last) => place == last ? last + 1 : Math.Min(place + Step, last);

    bool IsPrefix(LedgerVerification found) => found.Blocks >= 1 && found.Head == _small.Heads[(int)found.Blocks - 1];

    static void Lay(string path, byte[] file, byte[] log)
    {
        File.Delete(path + "-shm");
        File.WriteAllBytes(path, file);
        File.WriteAllBytes(path + "-wal", log);
    }

    static void Overwrite(string path, long at, byte value)
    {
        using var file = File.OpenWrite(path);
        file.Position = at;
        file.WriteByte(value);
    }

    /// <summary>
    /// The ledger of two neurons over two blocks: as one file with little room in it, and as its log grew.
    /// </summary>
    public sealed class SmallLedger : IDisposable
    {
        const string Pair =
            """
            version: 1
            name: pair
            seed: 3
            duration: 2 blocks
            mechanism: { block-interval: 10 s, temperature: 0.1 }
            populations:
              - { name: honest, count: 2, model: { kind: quadratic }, training: { iteration-interval: 2 s } }
            audit: { every: never }
            """;

        readonly TemporaryFolder _folder = new();

        public SmallLedger()
        {
            Stage.Run(Pair, new RunOptions { Folder = _folder.Path });
            Compact(_folder.Ledger);
            Bytes = File.ReadAllBytes(_folder.Ledger);
            using var reader = LedgerReader.Open(_folder.Ledger);
            LedgerBlock[] blocks = [.. reader.Blocks()];
            (Heads, Last) = ([.. blocks.Select(b => b.Hash)], blocks[^1]);

            var growing = _folder.File("growing.db");
            using var store = LedgerStore.Create(growing, reader.Header);
            Base = Shared(growing);
            Logs = [.. blocks.Select(block =>
            {
                store.Append(block);
                return Shared(growing + "-wal");
            })];
        }

        /// <summary>The whole ledger in one file.</summary>
        public byte[] Bytes { get; }

        /// <summary>Hashes of its blocks.</summary>
        public string[] Heads { get; }

        /// <summary>Its last block.</summary>
        public LedgerBlock Last { get; }

        /// <summary>The file beside the logs.</summary>
        public byte[] Base { get; }

        /// <summary>The write-ahead log after each block.</summary>
        public byte[][] Logs { get; }

        public void Dispose() => _folder.Dispose();

        static void Compact(string path)
        {
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA page_size = 512; VACUUM";
            command.ExecuteNonQuery();
        }

        static byte[] Shared(string path)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
    }
}
