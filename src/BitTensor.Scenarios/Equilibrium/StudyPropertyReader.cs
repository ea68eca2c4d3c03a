namespace BitTensor.Scenarios;

/// <summary>
/// Reads properties of a study, in the language of properties of runs: a metric stands at points of the study's axes,
/// and is aggregated where these leave several rows: <c>pearson at alpha-over-tau 25</c>, <c>max pearson-high at
/// reference gain, sigma 0.5</c>.
/// </summary>
sealed class StudyPropertyReader(StudySpec study, ErrorList errors)
{
    public StudyProperty? Read(SectionReader section)
    {
        var text = section.Get<string>("property");
        return text is null || section.ScalarOf("property") is not { } scalar
            || PropertyParser.Read(text, scalar.PlaceOf, new StudyWords(study), errors) is not { } condition
            ? null
            : new StudyProperty(section.Get<string>("name") ?? text, text, condition);
    }
}
