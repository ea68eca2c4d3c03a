using System.Reflection;
using Akka.Configuration;

namespace BitTensor.Actors.Run;

/// <summary>The settings of an actor system, embedded in the assembly that starts it.</summary>
static class EmbeddedConfig
{
    /// <summary>Reads an embedded file of HOCON.</summary>
    /// <param name="assembly">The assembly that embeds the file.</param>
    /// <param name="file">Name of the file, such as <c>node.conf</c>.</param>
    public static Config Read(Assembly assembly, string file)
    {
        using var stream = assembly.GetManifestResourceStream(file)!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
