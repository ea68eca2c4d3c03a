using BitTensor.Cli;

return new CommandLine(Terminal.Standard()).Invoke(args);
