package org.iommu4j.system.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.iommu4j.amdvi.AmdDriver;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.qemu.machine.QemuDefinition;
import org.iommu4j.smmuv3.SmmuDriver;
import org.iommu4j.system.rig.QemuRig;
import org.iommu4j.system.rig.Rig;
import org.iommu4j.system.rig.Vendor;
import org.iommu4j.tck.kit.Deviations;
import org.iommu4j.tck.kit.Kit;
import org.iommu4j.tck.kit.Outcome;
import org.iommu4j.tck.law.Laws;
import org.iommu4j.tck.machine.MachineKind;
import org.iommu4j.tck.stage.Bench;
import org.iommu4j.vtd.VtdDriver;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every law, on every kind of machine. */
class KitTest {
    @ParameterizedTest
    @EnumSource
    void theDriverKeepsEveryLawOnQemu(QemuDefinition definition) {
        try (QemuRig rig = new QemuRig(definition)) {
            assertKept(Benches.of(rig, Vendor.of(definition.text()).orElseThrow()::driver),
                    Deviations.of(definition.text()));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void theDriverKeepsEveryLawOnTheModel(MachineDefinition definition, Supplier<IommuDriver> drivers) {
        try (Rig rig = new Rig(definition, drivers.get())) {
            assertKept(Benches.of(rig, drivers), Deviations.NONE);
        }
    }

    static Stream<Arguments> models() {
        return Stream.concat(Stream.of(model("intel", VtdDriver::new), model("arm", SmmuDriver::new),
                model("amd", AmdDriver::new), Arguments.of(Named.of("amd, guest tables", Benches.model("amd")),
                        Named.of("its driver", (Supplier<IommuDriver>) AmdDriver::withGuestTables))),
                MachineKind.variants().stream().map(name -> model(name, Vendor.of(name).orElseThrow()::driver)));
    }

    private static Arguments model(String name, Supplier<IommuDriver> drivers) {
        return Arguments.of(Named.of(name, Benches.model(name)), Named.of("its driver", drivers));
    }

    private static void assertKept(Bench bench, Deviations deviations) {
        List<Outcome> outcomes = new Kit(bench, deviations).run(Laws.all(), each -> { });
        assertEquals(List.of(), outcomes.stream().filter(outcome -> !outcome.verdict().isGood()).map(Outcome::line)
                .toList());
    }
}
