using BitTensor.Scenarios;

namespace BitTensor.Studies;

/// <summary>A point of the retention study on a network.</summary>
/// <param name="Rule">Rule of the emission.</param>
/// <param name="Links">Name of the links, one of <see cref="RetentionNetwork.Links"/>.</param>
/// <param name="HonestStake">S_H, in (0, 1).</param>
/// <param name="HonestUtility">W_H, in [0, 1].</param>
/// <param name="SelfWeight">W_C, in [0, 1].</param>
public sealed record RetentionPoint(
    RetentionRule Rule, string Links, double HonestStake, double HonestUtility, double SelfWeight);

/// <summary>A contour with its interval at one self-weight of the coalition.</summary>
/// <param name="SelfWeight">W_C.</param>
/// <param name="Utility">
/// Least W_H with which honest stake was retained, 1 where none was enough: mean over the seeds.
/// </param>
/// <param name="Low">Lower end of the 95 % bootstrap interval of the mean; NaN for one seed.</param>
/// <param name="High">Upper end.</param>
public sealed record RetentionContour(double SelfWeight, double Utility, double Low, double High);
