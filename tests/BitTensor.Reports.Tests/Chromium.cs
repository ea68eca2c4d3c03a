using System.Reflection;
using Microsoft.Playwright;
using Xunit;

namespace BitTensor.Reports.Tests;

/// <summary>Debian's Chromium, started once for all stories; without it they are skipped.</summary>
public sealed class Chromium : IAsyncLifetime
{
    static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    readonly Dictionary<string, OpenPage> _opened = [];
    IPlaywright? _playwright;
    IBrowser? _browser;

    /// <summary>Starts the browser where there is one.</summary>
    public async Task InitializeAsync()
    {
        if (Array.Find(Places, File.Exists) is not { } program)
        {
            return;
        }
        var package = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(a => a.Key == "PlaywrightPackage").Value;
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", package);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox"] });
    }

    /// <summary>The page of a file in the light at 1,280 pixels, opened once for all stories.</summary>
    public async Task<OpenPage> OpenOnce(string file)
    {
        if (!_opened.TryGetValue(file, out var opened))
        {
            _opened[file] = opened = await Open(file);
        }
        return opened;
    }

    /// <summary>
    /// Opens the page of a folder from its file, and keeps what it asks of any network or complains of.
    /// </summary>
    public async Task<OpenPage> Open(string file, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        Skip.If(_browser is null, "no Chromium here: apt-get install chromium");
        var context = await _browser!.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = scheme,
        });
        var page = await context.NewPageAsync();
        var opened = new OpenPage(page, [], []);
        page.Request += (_, request) => opened.Requests.Add(request.Url);
        page.PageError += (_, error) => opened.Errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                opened.Errors.Add(message.Text);
            }
        };
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        return opened;
    }

    /// <summary>Ends the browser.</summary>
    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
        _playwright?.Dispose();
    }
}

/// <summary>A page that is open.</summary>
/// <param name="Page">The page.</param>
/// <param name="Requests">What it asked for.</param>
/// <param name="Errors">What it complained of.</param>
public sealed record OpenPage(IPage Page, List<string> Requests, List<string> Errors);
