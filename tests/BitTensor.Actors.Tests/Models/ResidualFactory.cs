using BitTensor.Actors.Context;
using BitTensor.Actors.Run;
using BitTensor.Learning;
using BitTensor.Scenarios;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BitTensor.Actors.Tests;

// User code may add and multiply as it likes; see the guide. The base class disposes of what is registered.
#pragma warning disable RS0030, CA2213
sealed class ResidualFactory : IModuleFactory
{
    public nn.Module<Tensor, Tensor> Encoder(ModelShape shape) => new Residual(shape);

    sealed class Residual : nn.Module<Tensor, Tensor>
    {
        readonly Linear _in, _block, _out;

        public Residual(ModelShape shape) : base("residual")
        {
            _in = nn.Linear(shape.Features, shape.Hidden);
            _block = nn.Linear(shape.Hidden, shape.Hidden);
            _out = nn.Linear(shape.Hidden, shape.Representation);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var z = _in.call(x).relu();
            return _out.call(z + 0.5 * _block.call(z).relu()).tanh();
        }
    }

    public static RunResult Run(Scenario scenario) => EmulationRun.Execute(scenario, new RunOptions
    {
        Extensions = new RunExtensions { Modules = RunExtensions.NoModules.Add("honest", new ResidualFactory()) },
    });
}
#pragma warning restore RS0030, CA2213
