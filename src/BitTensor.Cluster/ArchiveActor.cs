using System.Collections.Immutable;
using System.Globalization;
using BitTensor.Actors.Context;
using BitTensor.Records;

namespace BitTensor.Cluster;

/// <summary>Keeps the neurons' checkpoints beside the ledger and gives them back.</summary>
sealed class ArchiveActor : AddressedActor
{
    /// <summary>Name under which the placement is kept.</summary>
    public const string PlacementState = "placement";

    /// <summary>Name whose presence says that the run is over.</summary>
    public const string FinishedState = "finished";

    readonly RunContext _run;
    readonly StateStore _states;

    public ArchiveActor(RunContext run, StateStore states)
    {
        _run = run;
        _states = states;

        Receive<ControlMessage.KeepState>(
            keep => _states.Keep(Name(keep.Neuron), new KeptState(keep.Height, [.. keep.State])));
        Receive<ControlMessage.RecallState>(HandleRecallState);
        Receive<KeepNote>(keep => _states.Keep(keep.Name, new KeptState(0, [.. keep.Bytes])));
    }

    protected override void PostStop() => _states.Dispose();

    void HandleRecallState(ControlMessage.RecallState recall)
    {
        if (recall.Neuron < 0 || recall.Neuron >= _run.Plans.Count)
        {
            return;
        }
        var state = _states.Recall(Name(recall.Neuron));
        var recalled = new ControlMessage.StateRecalled(recall.Neuron, state?.Height ?? 0, [.. state?.Bytes ?? []]);
        _run.Actors.At(recall.Neuron).Tell(recalled, Akka.Actor.ActorRefs.NoSender);
    }

    /// <summary>Authority to archive: keep this under this name.</summary>
    public sealed record KeepNote(string Name, ImmutableArray<byte> Bytes);

    static string Name(int neuron) => "neuron-" + neuron.ToString(CultureInfo.InvariantCulture);
}
