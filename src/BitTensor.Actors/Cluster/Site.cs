using System.Collections.Immutable;
using BitTensor.Actors.Neurons;
using BitTensor.Emulation;
using BitTensor.Parcels;
using BitTensor.Scenarios;

namespace BitTensor.Actors.Cluster;

/// <summary>A charter or a request of a run that this program cannot carry out.</summary>
public sealed class ClusterException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>One run on one node: what its inhabitants there share.</summary>
sealed record Site(World World, ImmutableArray<NeuronPlan> Plans, Nursery Nursery)
{
    /// <summary>The run of a charter, ready to be lived in.</summary>
    /// <exception cref="ClusterException">The scenario is not one of this version.</exception>
    /// <exception cref="Learning.DataSetException">The data set is not on this machine.</exception>
    public static Site Of(ClusterMessage.Charter charter, PostOffice post, Compute compute)
    {
        var scenario = Read(charter);
        var plans = Roster.Draw(scenario);
        var nursery = new Nursery(scenario, plans);
        var world = WorldOf(charter.Run, scenario, plans, post, compute);
        world.Raise = nursery.Raise;
        return new Site(world, plans, nursery);
    }

    /// <summary>The scenario of a charter.</summary>
    /// <exception cref="ClusterException">It is not one of this version.</exception>
    public static Scenario Read(ClusterMessage.Charter charter)
    {
        var result = ScenarioFile.Parse(charter.Scenario, charter.Run, []);
        return result.Value ?? throw new ClusterException(
            $"The scenario of run {charter.Run} cannot be read here; run the same version on every node:\n{string.Join('\n', result.Errors)}");
    }

    /// <summary>A world whose every address is the post's.</summary>
    public static World WorldOf(string run, Scenario scenario, IReadOnlyList<NeuronPlan> plans, PostOffice post, Compute compute)
    {
        var world = new World(scenario, run, compute, plans) { Durable = true };
        // What is sent is rounded already: encoding it again changes nothing.
        post.Encoding = world.Encoding;
        for (var address = Addresses.Last; address < plans.Count; address++)
        {
            world.Register(address, post.RefOf(address));
        }
        return world;
    }
}
