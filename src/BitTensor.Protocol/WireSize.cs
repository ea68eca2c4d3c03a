using BitTensor.Mechanism;

namespace BitTensor.Protocol;

/// <summary>Sizes of messages in bytes, as the emulated network charges them.</summary>
public static class WireSize
{
    /// <summary>Size of ids and shape, and of a message without a body.</summary>
    public const long Header = 32;

    /// <summary>Size of a commitment and its signature.</summary>
    public const long OfCommitment = Header + 32 + SubmissionSignature.Bytes;

    /// <summary>Size of a public key and its signature.</summary>
    public const long OfRegistration = Header + 32 + SubmissionSignature.Bytes;

    /// <summary>Size of the signature of a neuron that leaves.</summary>
    public const long OfLeaving = Header + SubmissionSignature.Bytes;

    /// <summary>Size of a query, an answer or a gradient.</summary>
    /// <param name="rows">Rows of the tensor.</param>
    /// <param name="columns">Columns of the tensor.</param>
    /// <param name="encoding">Encoding of the tensor's values.</param>
    public static long Of(int rows, int columns, TensorEncoding encoding) =>
        Header + TensorPayload.Size(rows, columns, encoding);

    /// <summary>Size of a row and its signature.</summary>
    /// <param name="row">The row.</param>
    /// <param name="signature">Length of the signature, bytes.</param>
    public static long OfSubmission(WeightRow row, int signature = SubmissionSignature.Bytes) =>
        Header + row.Count * 12L + signature;
}
