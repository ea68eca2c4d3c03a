using BitTensor.Mechanism;
using BitTensor.Protocol;

namespace BitTensor.Actors.Neurons;

/// <summary>Sizes on the wire, bytes, as the emulated network charges them.</summary>
static class WireSize
{
    /// <summary>Ids and shape.</summary>
    public const long Header = 32;

    public static long Of(int rows, int columns, TensorEncoding encoding) => Header + TensorPayload.Size(rows, columns, encoding);

    /// <summary>A commitment and its signature.</summary>
    public const long OfCommitment = Header + 32 + SubmissionSignature.Bytes;

    /// <summary>A row and its signature.</summary>
    public static long OfSubmission(WeightRow row, int signature = SubmissionSignature.Bytes) => Header + row.Count * 12L + signature;
}
