package org.iommu4j.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.iommu4j.api.Device;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.core.handover.Bounds;
import org.iommu4j.core.handover.Life;
import org.iommu4j.core.machine.Board;
import org.iommu4j.core.machine.Settings;
import org.iommu4j.core.unit.Candidate;
import org.iommu4j.core.unit.Drivers;
import org.iommu4j.core.unit.Gate;
import org.iommu4j.hwsim.definition.DefinitionFile;
import org.iommu4j.hwsim.machine.IommuModel;
import org.iommu4j.hwsim.machine.IommuModels;
import org.iommu4j.hwsim.machine.Requester;
import org.iommu4j.hwsim.machine.SimulatedMachine;
import org.osgi.framework.Version;

/** A machine with core, a driver in charge, and a way in at every seam. */
final class Rig {
    /** CAP.SAGAW, section 11.4.2, offers 3 and 4 levels, or 3 alone; the rest is a desktop's. */
    private static final Map<Integer, String> CAPABILITIES = Map.of(4, "0xd2078c222f0606", 3, "0xd2078c222f0206");
    private static final int FOUR_LEVELS = 4;
    /** Requester id of 00:04.0: the driver's own domain is attached to it behind core's back. */
    static final int RID = 4 << 3;
    private static final PciAddress CLIENT = PciAddress.of(0, 0, 5, 0);
    private static final PciAddress DMA_CLIENT = PciAddress.of(0, 0, 6, 0);
    private static final long OWN_DOMAIN = 1L << 40;

    /** Does at once what is to be done, and never what is to be done if something hangs. */
    private static final class InlineLife implements Life {
        @Override
        public boolean execute(Runnable task) {
            task.run();
            return true;
        }

        @Override
        public Runnable after(long nanos, Runnable task) {
            return () -> { };
        }
    }

    private final Board board;
    private IommuModel model;
    final IommuOps groups;
    final DomainOps ops;
    final DmaOps dma;
    /** In its default domain. */
    final Device dmaDevice;
    /** In use by no device: unmapping from it has nothing to invalidate. */
    final Domain loose;
    /** In use by a device. */
    final Domain strict;
    /** The driver's own, in use by {@link #RID}. */
    final DriverDomain attached;
    /** The driver's own, in use by no device. */
    final DriverDomain unattached;

    Rig(String name, Vendor vendor, IommuDriver driver) {
        this(name, vendor, FOUR_LEVELS, driver);
    }

    /** @param levels of VT-d's tables, 3 or 4; the others have their own */
    Rig(String name, Vendor vendor, int levels, IommuDriver driver) {
        SimulatedMachine machine = new SimulatedMachine(DefinitionFile.load(definition(name, vendor, levels)),
                IommuModels.all().watchedBy(built -> model = built));
        Drivers drivers = new Drivers();
        board = new Board(machine, drivers, new Settings(Bounds.usual(), Optional.empty()), new InlineLife());
        drivers.add(new Candidate(driver, vendor.architecture(), driver.getClass().getPackageName(),
                Version.emptyVersion, 1, 1, 0));
        board.handover().reconsider();
        groups = board.translation().orElseThrow().iommuOps();
        ops = board.translation().orElseThrow().domainOps();
        dma = board.translation().orElseThrow().dmaOps();
        dmaDevice = groups.device(DMA_CLIENT);
        IommuGroup group = groups.device(CLIENT).group();
        loose = groups.allocate(group);
        strict = groups.allocate(group);
        groups.attach(group, strict);
        DriverUnit unit = board.units().binding().unit(board.units().seats().get(0));
        unattached = unit.allocate(OWN_DOMAIN);
        attached = unit.allocate(OWN_DOMAIN + 1);
        unit.attach(RID, attached);
    }

    Gate gate() {
        return board.units().gate();
    }

    /** A port at the model for one more device thread. */
    Requester requester() {
        return model.requester();
    }

    PhysicalMemory memory() {
        return board.memory().memory();
    }

    private static String definition(String name, Vendor vendor, int levels) {
        try (InputStream template = Rig.class.getResourceAsStream(vendor.architecture() + ".json")) {
            String text = new String(template.readAllBytes(), StandardCharsets.UTF_8);
            Path file = Files.createTempFile("machine", ".json");
            file.toFile().deleteOnExit();
            Files.writeString(file, text.replace("@name@", name).replace("@cap@", CAPABILITIES.get(levels)));
            return file.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
