package org.iommu4j.system.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.hwsim.definition.DefinitionFile;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.MachineReader;
import org.iommu4j.smmuv3.SmmuDriver;
import org.iommu4j.system.rig.Condition;
import org.iommu4j.system.rig.Dma;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FirstStepsTest {
    private static final String DEVICE = "0000:00:05.0";
    private static final long IOVA = 0x1000_0000L;
    private static final int RW = Rig.RW;

    private final Rig rig = new Rig(definition(), new SmmuDriver());
    private final IommuGroup group = rig.group(DEVICE);
    private final Dma dma = rig.dma(DEVICE, 0);
    private final long first = rig.frames().allocator("test", 1 << 16).allocate(12);

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void transfers_are_translated_until_they_are_unmapped() {
        Domain domain = rig.iommu().allocate(group);
        rig.iommu().replace(group, domain);
        rig.domains().map(domain, IOVA, first, 0x1000, RW);
        assertTrue(dma.write(IOVA + 8, 42));
        assertEquals(42, rig.memory().load64(first + 8));
        assertEquals(OptionalLong.of(42), dma.read(IOVA + 8));
        assertEquals(0x1000, rig.domains().unmap(domain, IOVA, 0x1000));
        assertFalse(dma.write(IOVA + 8, 43));
        assertEquals(42, rig.memory().load64(first + 8));
        Condition.await("the fault is reported", () -> !rig.status().faults("arm").isEmpty());
        DmaFault fault = rig.status().faults("arm").get(0);
        assertEquals(PciAddress.parse(DEVICE), fault.source());
        assertEquals("F_TRANSLATION", fault.text());
        assertEquals(IOVA + 8, fault.iova());
    }

    @Test
    void replace_goes_from_table_to_table_and_identity() {
        Domain one = rig.iommu().allocate(group);
        Domain two = rig.iommu().allocate(group);
        rig.domains().map(one, IOVA, first, 0x1000, RW);
        rig.iommu().replace(group, one);
        assertTrue(dma.write(IOVA, 1));
        assertEquals(AttachMethod.TABLE_SWING, rig.iommu().replace(group, two));
        assertFalse(dma.write(IOVA, 2));
        assertEquals(AttachMethod.ENTRY_UPDATE, rig.iommu().replace(group, rig.iommu().identity()));
        assertTrue(dma.write(first, 3));
        assertEquals(3, rig.memory().load64(first));
        assertEquals(AttachMethod.ENTRY_UPDATE, rig.iommu().replace(group, one));
        assertTrue(dma.write(IOVA, 4));
        assertEquals(4, rig.memory().load64(first));
    }

    @Test
    void a_successor_goes_on() {
        Domain domain = rig.iommu().allocate(group);
        rig.domains().map(domain, IOVA, first, 0x1000, RW);
        rig.iommu().replace(group, domain);
        rig.update(new SmmuDriver());
        assertEquals(UnitState.DRIVEN, rig.unit().state());
        assertTrue(dma.write(IOVA, 5));
        rig.domains().unmap(domain, IOVA, 0x1000);
        assertFalse(dma.write(IOVA, 6));
        assertEquals(5, rig.memory().load64(first));
    }

    private static MachineDefinition definition() {
        try (InputStream stream = DefinitionFile.class.getResourceAsStream("arm.json")) {
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return MachineReader.read(DefinitionNode.parse("arm", text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
