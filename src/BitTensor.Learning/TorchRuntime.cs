using TorchSharp;

namespace BitTensor.Learning;

/// <summary>libtorch cannot be loaded; the message names the remedy.</summary>
public sealed class TorchUnavailableException(string message, Exception inner) : Exception(message, inner);

/// <summary>libtorch in this process.</summary>
public static class TorchRuntime
{
    static readonly Lazy<string> Loaded = new(Load);

    /// <summary>
    /// Loads libtorch and pins it to one thread per job. A job's bits must not depend on the number of cores, and jobs
    /// of other neurons keep the cores busy. Repeated calls do nothing.
    /// </summary>
    /// <exception cref="TorchUnavailableException">It cannot be loaded.</exception>
    public static void Initialize() => _ = Loaded.Value;

    /// <summary>Version of libtorch.</summary>
    /// <exception cref="TorchUnavailableException">It cannot be loaded.</exception>
    public static string Version => Loaded.Value;

    static string Load()
    {
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            torch.set_num_threads(1);
            torch.set_num_interop_threads(1);
            return torch.__version__;
        }
        catch (Exception failure) when (
            failure is NotSupportedException or DllNotFoundException or TypeInitializationException)
        {
            throw new TorchUnavailableException(
                "libtorch cannot be loaded. On Linux with an older C++ runtime the build makes libLibTorchSharp.so "
                + "loadable (build/TorchNative.targets): run `dotnet build` again, and `bta doctor` for details.",
                failure);
        }
    }
}
