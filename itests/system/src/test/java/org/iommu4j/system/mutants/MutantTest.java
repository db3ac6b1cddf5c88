package org.iommu4j.system.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.qemu.machine.QemuDefinition;
import org.iommu4j.system.kit.Benches;
import org.iommu4j.system.rig.QemuRig;
import org.iommu4j.system.rig.Rig;
import org.iommu4j.tck.kit.Deviations;
import org.iommu4j.tck.kit.Kit;
import org.iommu4j.tck.kit.Outcome;
import org.iommu4j.tck.kit.Verdict;
import org.iommu4j.tck.law.Laws;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The laws notice every mistake on the model. On QEMU they notice all but those that the table of its deviations calls
 * invisible there, and of these none.
 */
class MutantTest {
    private static final MutantTable TABLE = MutantTable.of("vtd");
    private static final String QEMU = "qemu-";
    private static final long LATE_NANOS = 200_000;
    private static final int ONE_IN = 4;

    static Stream<Arguments> onTheModel() {
        return rows(false);
    }

    static Stream<Arguments> onQemu() {
        return rows(true);
    }

    private static Stream<Arguments> rows(boolean qemu) {
        return TABLE.mutants().stream().flatMap(mutant -> mutant.machines().stream()
                .filter(machine -> machine.startsWith(QEMU) == qemu).map(machine -> Arguments.of(machine, mutant)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("onTheModel")
    void everyMistakeIsNoticedOnTheModel(String machine, Mutant mutant) {
        assertEquals("noticed by: " + mutant.law(), text(noticed(mutant, () -> onModel(machine, mutant))));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("onQemu")
    void everyMistakeThatIsVisibleThereIsNoticedOnQemu(String machine, Mutant mutant) {
        boolean invisible = Deviations.of(machine).invisible().stream()
                .anyMatch(entry -> entry.subject().equals(mutant.name()));
        assertEquals(invisible ? "not noticed" : "noticed by: " + mutant.law(),
                text(noticed(mutant, () -> onQemuBoard(machine, mutant))));
    }

    private static String text(Optional<String> law) {
        return law.map(name -> "noticed by: " + name).orElse("not noticed");
    }

    /** The law that noticed; a driver that cannot even start breaks the first one that devices take part in. */
    private static Optional<String> noticed(Mutant mutant, Supplier<Optional<String>> run) {
        try {
            return run.get();
        } catch (IommuException | AssertionError e) {
            if (e.getMessage() != null && e.getMessage().contains("out of date")) {
                throw e;
            }
            return Optional.of("it does not start");
        }
    }

    private static Optional<String> onModel(String machine, Mutant mutant) {
        IommuDriver driver = TABLE.with(mutant);
        try (Rig rig = new Rig(Benches.model(machine), driver)) {
            rig.machine().preempt((rid, iova, pa) -> {
                if (ThreadLocalRandom.current().nextInt(ONE_IN) == 0) {
                    LockSupport.parkNanos(LATE_NANOS);
                }
            });
            return first(new Kit(Benches.of(rig, () -> TABLE.with(mutant)), Deviations.NONE), mutant);
        }
    }

    private static Optional<String> onQemuBoard(String machine, Mutant mutant) {
        IommuDriver driver = TABLE.with(mutant);
        try (QemuRig rig = new QemuRig(QemuDefinition.named(machine), driver)) {
            return first(new Kit(Benches.of(rig, () -> TABLE.with(mutant)), Deviations.of(machine)), mutant);
        }
    }

    /** The law that the table names, or else the first of all that does not hold. */
    private static Optional<String> first(Kit kit, Mutant mutant) {
        List<String> named = Laws.all().stream().map(law -> law.name()).filter(mutant.law()::equals).toList();
        assertEquals(List.of(mutant.law()), named, "laws of that name");
        return Stream.concat(Laws.all().stream().filter(law -> law.name().equals(mutant.law())),
                Laws.all().stream().filter(law -> !law.name().equals(mutant.law()))).map(kit::check)
                .filter(outcome -> outcome.verdict() == Verdict.FAILED).map(Outcome::law).findFirst();
    }
}
