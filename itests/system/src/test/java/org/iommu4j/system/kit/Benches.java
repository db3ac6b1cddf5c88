package org.iommu4j.system.kit;

import java.util.Optional;
import java.util.function.Supplier;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.hwsim.definition.DefinitionFile;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.MachineReader;
import org.iommu4j.system.rig.QemuRig;
import org.iommu4j.system.rig.Rig;
import org.iommu4j.tck.machine.MachineKind;
import org.iommu4j.tck.stage.Bench;
import org.iommu4j.tck.stage.DriverExchange;

/** Rigs as the kit sees machines. */
public final class Benches {
    private Benches() {
    }

    /** @param drivers makes successors of the driver in charge */
    public static Bench of(Rig rig, Supplier<IommuDriver> drivers) {
        return new Bench(rig.iommu(), rig.domains(), rig.dma(), rig.frames(), rig.status(),
                exchange(() -> rig.update(drivers.get()), () -> rig.swap(drivers)));
    }

    /** As {@link #of(Rig, Supplier)}. */
    public static Bench of(QemuRig rig, Supplier<IommuDriver> drivers) {
        return new Bench(rig.iommu(), rig.domains(), rig.dma(), rig.frames(), rig.status(),
                exchange(() -> rig.update(drivers.get()), () -> rig.swap(drivers)));
    }

    /** A machine of the model's, by the kit's name for it. */
    public static MachineDefinition model(String name) {
        return MachineKind.variants().contains(name)
                ? MachineReader.read(DefinitionNode.parse(name, MachineKind.variant(name).toString()))
                : DefinitionFile.load(name);
    }

    private static DriverExchange exchange(Runnable restart, Runnable swap) {
        return new DriverExchange() {
            @Override
            public Optional<Runnable> restart() {
                return Optional.of(restart);
            }

            @Override
            public Optional<Runnable> swap() {
                return Optional.of(swap);
            }
        };
    }
}
