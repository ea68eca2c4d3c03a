using BitTensor.Emulation;
using CsCheck;
using Xunit;

namespace BitTensor.Actors.Tests;

/// <summary>The table by address does what a dictionary would do.</summary>
public sealed class ByAddressSpec
{
    [Fact]
    public void A_table_by_address_is_a_dictionary() =>
        Gen.OneOf(Gen.Int, Gen.Int[-3, 40]).Array[0, 300].Sample(addresses =>
        {
            var (table, plain) = (new ByAddress<int>(), new Dictionary<int, int>());
            for (var k = 0; k < addresses.Length; k++)
            {
                ref var value = ref table.Of(addresses[k], out var known);
                Assert.Equal(plain.TryGetValue(addresses[k], out var before), known);
                Assert.Equal(before, value);
                value = plain[addresses[k]] = k;
            }
            table.Clear();
            Assert.All(addresses.Distinct(), address =>
            {
                Assert.Equal(0, table.Of(address, out var known));
                Assert.False(known);
            });
        });
}
