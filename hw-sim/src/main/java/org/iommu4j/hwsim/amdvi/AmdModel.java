package org.iommu4j.hwsim.amdvi;

import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.hwsim.cache.CacheGeometry;
import org.iommu4j.hwsim.cache.Intervals;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.machine.Board;
import org.iommu4j.hwsim.machine.IommuModel;
import org.iommu4j.hwsim.machine.Requester;
import org.iommu4j.hwsim.pci.ConfigurationSpace;
import org.iommu4j.hwsim.pci.SecureDeviceCapability;

/**
 * An AMD IOMMU, from its registers inwards: device table, host tables of one to six levels, guest tables of four and
 * five levels by PASID, both nested, accessed and dirty bits, command buffer, event log. Interrupt remapping, page
 * requests, device-TLBs and what else {@link AmdCapabilities} names are absent; a definition that promises them is
 * refused.
 */
public final class AmdModel implements IommuModel {
    private final String name;
    private final AmdCapabilities caps;
    private final long base;
    private final Board board;
    private final TranslationCaches caches;
    private final Intervals intervals = new Intervals();
    private final AmdFunction function;
    private final EventLog events;
    private final CommandBuffer commands;
    private final Control control;
    private final AmdRegisters registers;
    private final EntryFetch.Preemption preemption = new EntryFetch.Preemption();
    private final CopyOnWriteArrayList<Counts> counts = new CopyOnWriteArrayList<>();

    /**
     * A unit with reset values and empty caches.
     *
     * @param name starts the names of its counters
     * @param base physical address of its registers, as its PCI function shows it
     */
    public AmdModel(String name, AmdCapabilities caps, AmdCaches geometry, long base, Board board) {
        this.name = name;
        this.caps = caps;
        this.base = base;
        this.board = board;
        this.caches = new TranslationCaches(geometry, board.seed());
        this.function = new AmdFunction(board.messages());
        Status status = new Status(function);
        this.events = new EventLog(caps, board.memory(), status);
        this.commands = new CommandBuffer(caps, board.memory(), caches, intervals, events, status);
        this.control = new Control(caps, caches, intervals, commands, events, status);
        this.registers = new AmdRegisters(caps, control, commands, events, status);
    }

    /**
     * A unit from its definition: {@code capabilities} with EFR (CAP, the header of the capability block, and EFR2
     * unless they are plain), {@code caches} with {@code sets} and {@code ways} of {@code devices}, {@code guests},
     * {@code iotlb} and {@code walk}.
     *
     * @throws org.iommu4j.api.IommuException BAD_INPUT if a value is not possible, or promises what the model has not
     */
    public static AmdModel create(String name, DefinitionNode unit, Board board) {
        DefinitionNode values = unit.object("capabilities");
        AmdCapabilities caps = new AmdCapabilities(
                (int) values.number("CAP", 0, -1L >>> Integer.SIZE, AmdCapabilities.PLAIN_HEADER), values.word("EFR"),
                values.word("EFR2", 0), board.physicalAddressBits());
        DefinitionNode sizes = unit.object("caches");
        AmdCaches normal = AmdCaches.DEFAULT;
        return new AmdModel(name, caps, new AmdCaches(geometry(sizes, "devices", normal.devices()),
                geometry(sizes, "guests", normal.guests()), geometry(sizes, "iotlb", normal.iotlb()),
                geometry(sizes, "walk", normal.walk())), unit.word("base", 0), board);
    }

    private static CacheGeometry geometry(DefinitionNode caches, String cache, CacheGeometry normal) {
        DefinitionNode node = caches.object(cache);
        return new CacheGeometry(node.integer("sets", 1, CacheGeometry.MOST_SETS, normal.sets()),
                node.integer("ways", 1, CacheGeometry.MOST_WAYS, normal.ways()));
    }

    @Override
    public RegisterSpace registers() {
        return registers;
    }

    @Override
    public void attach(ConfigurationSpace configuration) {
        SecureDeviceCapability.write(configuration, caps.header(), base, caps.physicalAddressBits());
        function.attach(configuration);
    }

    @Override
    public Requester requester() {
        Counts own = new Counts();
        counts.add(own);
        return new AmdRequester(caps, control, caches, events, intervals.cell(), new EntryFetch(board, preemption),
                own);
    }

    /**
     * Puts a step before any fetch of an entry or paging level, on the device thread that fetches: a test lets software
     * store there, or lets another thread run. The step neither translates nor waits for a drain.
     *
     * @param step null for none, as it is at first
     */
    public void preemptBetweenFetches(Runnable step) {
        preemption.step = step;
    }

    @Override
    public void counters(Map<String, Long> into) {
        for (Counts each : counts) {
            each.addTo(name, into);
        }
        caches.counters(name, into);
        into.put(name + ".waits", commands.waits());
    }

    /** Nothing runs in the model: device threads and software do all of its work. */
    @Override
    public void powerOff() {
        preemption.step = null;
    }
}
