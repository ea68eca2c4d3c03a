using System.Net.Sockets;
using BitTensor.Emulation;

namespace BitTensor.Operations;

/// <summary>A node's control socket cannot be opened or found.</summary>
public sealed class ControlException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Control sockets of one user's nodes on one machine: Unix domain sockets, one per node, in a folder that the user
/// alone can open. Permission to open the socket is permission to query and to command.
/// </summary>
public static class ControlSocket
{
    const string Extension = ".sock";
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// The user's folder of control sockets: <c>bta</c> under <c>XDG_RUNTIME_DIR</c>, else <c>bta/run</c> under the
    /// user's local application data. Null where the machine has neither.
    /// </summary>
    public static string? DefaultFolder =>
        Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? Path.Combine(runtime, "bta")
        : LocalData is { Length: > 0 } data ? Path.Combine(data, "bta", "run")
        : null;

    static string LocalData => Environment.GetFolderPath(
        Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);

    /// <summary>Path of the socket of a node of this name.</summary>
    public static string PathOf(string folder, string node) => Path.Combine(folder, node + Extension);

    /// <summary>
    /// Names and sockets of the reachable nodes in a folder, by name. Sockets without a listener are left out.
    /// </summary>
    public static IReadOnlyList<(string Node, string Path)> Running(string folder) =>
        !Directory.Exists(folder) ? []
        : [
            .. Directory.EnumerateFiles(folder, "*" + Extension).Where(Answers)
                .Select(p => (Path.GetFileNameWithoutExtension(p), p)).Order(),
        ];

    /// <summary>The address of a socket.</summary>
    /// <exception cref="ControlException">The path is longer than a socket's may be.</exception>
    public static UnixDomainSocketEndPoint EndpointOf(string path)
    {
        try
        {
            return new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentOutOfRangeException tooLong)
        {
            throw new ControlException(
                $"{path} is too long for a socket (about 100 bytes); name a shorter one with --control.", tooLong);
        }
    }

    /// <summary>
    /// Prepares the path of a new socket: its folder exists, is the user's alone, and no process listens at the path.
    /// Where another node listens and no path was given, the process's number is added to the name.
    /// </summary>
    /// <param name="wished">The requested path; null takes the default.</param>
    /// <param name="node">Name of the node.</param>
    /// <returns>The path.</returns>
    /// <exception cref="ControlException">
    /// Another node listens there, the folder is open to others, or the machine has no default folder.
    /// </exception>
    public static string Prepare(string? wished, string node)
    {
        var path = wished is not null ? Path.GetFullPath(wished)
            : DefaultFolder is { } folder ? PathOf(folder, node)
            : throw new ControlException(
                "There is no folder for the control socket: set XDG_RUNTIME_DIR, or name a path with --control.");
        MakePrivate(Path.GetDirectoryName(path)!);
        Sweep(Path.GetDirectoryName(path)!);
        if (File.Exists(path) && Answers(path))
        {
            path = wished is null
                ? PathOf(DefaultFolder!, $"{node}-{Environment.ProcessId}")
                : throw new ControlException($"Another node listens at {path}; name another path with --control.");
        }
        File.Delete(path);
        return path;
    }

    /// <summary>Restricts the socket to its owner.</summary>
    public static void Close(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    /// <summary>
    /// Creates the folder if missing and checks its permissions: until <see cref="Close"/> the folder alone guards a
    /// new socket.
    /// </summary>
    static void MakePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }
        if ((File.GetUnixFileMode(folder) & ~OwnerOnly) != 0)
        {
            throw new ControlException(
                $"{folder} is open to other users: `chmod 700 {folder}`, or name a path in another folder with "
                + "--control.");
        }
    }

    /// <summary>Removes sockets of killed processes. Spares new ones: a socket just bound may not listen yet.</summary>
    static void Sweep(string folder)
    {
        var old = WallClock.UtcNow - TimeSpan.FromMinutes(1);
        var sockets = Directory.EnumerateFiles(folder, "*" + Extension);
        foreach (var path in sockets.Where(p => File.GetLastWriteTimeUtc(p) < old && !Answers(p)))
        {
            File.Delete(path);
        }
    }

    static bool Answers(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(EndpointOf(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
