package org.iommu4j.hwsim.smmuv3;

import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.hwsim.cache.CacheGeometry;
import org.iommu4j.hwsim.cache.Intervals;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.machine.Board;
import org.iommu4j.hwsim.machine.IommuModel;
import org.iommu4j.hwsim.machine.Requester;

/**
 * An Arm SMMUv3, from its registers inwards: both stages, alone and nested, substreams, hardware update of tables, the
 * stall model, command and event queue with message-signalled interrupts. ATS, PRI, the secure state, MPAM, address
 * translation operations and VMSAv8-32 are absent; a definition whose identification registers promise them is refused.
 * Memory attributes have no effect.
 */
public final class SmmuModel implements IommuModel {
    /** In the order of the IORT: event queue, PRI queue, errors, command sync. */
    private static final int ERROR_WIRE = 2;

    private final String name;
    private final SmmuIds ids;
    private final Board board;
    private final SmmuCaches caches;
    private final Intervals intervals = new Intervals();
    private final EventQueue events;
    private final Stalls stalls;
    private final CommandExecution execution;
    private final Control control;
    private final SmmuRegisters registers;
    private final TableFetch.Preemption preemption = new TableFetch.Preemption();
    private final CopyOnWriteArrayList<Counts> counts = new CopyOnWriteArrayList<>();
    private final AtomicInteger requesters = new AtomicInteger();

    /**
     * A unit with reset values and empty caches.
     *
     * @param name starts the names of its counters
     * @param wire number of its first wired interrupt, 0 if it has none
     */
    SmmuModel(String name, SmmuIds ids, CacheSizes sizes, int wire, Board board) {
        this.name = name;
        this.ids = ids;
        this.board = board;
        this.caches = new SmmuCaches(sizes, board.seed());
        IrqControl interrupts = new IrqControl();
        GlobalErrors errors = new GlobalErrors(
                new UnitInterrupt(board, interrupts, IrqControl.GERROR, ids.messages(),
                        wire == 0 ? 0 : wire + ERROR_WIRE));
        this.events = new EventQueue(ids, board, interrupts, wire, errors);
        this.stalls = new Stalls(ids, events);
        this.execution = new CommandExecution(ids, caches, intervals, stalls, errors, board);
        CommandQueue commands = new CommandQueue(ids, board.memory(), execution, errors);
        this.control = new Control(ids, caches, intervals, commands, events, stalls);
        this.execution.join(control);
        this.registers = new SmmuRegisters(ids, control, interrupts, errors, commands, events, stalls);
    }

    /**
     * A unit from its definition: {@code capabilities} with IDR0, IDR1, IDR3 and IDR5 (IIDR is 0 and AIDR 2, for
     * SMMUv3.2, unless given), {@code caches} with {@code sets} and {@code ways} of {@code ste}, {@code cd}, {@code
     * iotlb} and {@code walk}.
     *
     * @throws org.iommu4j.api.IommuException BAD_INPUT if a value is not possible, or promises what the model has not
     */
    public static SmmuModel create(String name, DefinitionNode unit, Board board) {
        DefinitionNode values = unit.object("capabilities");
        SmmuIds ids = new SmmuIds(register(values, "IDR0"), register(values, "IDR1"), register(values, "IDR3"),
                register(values, "IDR5"), values.integer("IIDR", 0, Integer.MAX_VALUE, 0),
                values.integer("AIDR", 0, 3, 2), board.physicalAddressBits());
        DefinitionNode sizes = unit.object("caches");
        CacheSizes normal = CacheSizes.DEFAULT;
        return new SmmuModel(name, ids, new CacheSizes(geometry(sizes, "ste", normal.ste()),
                geometry(sizes, "cd", normal.cd()), geometry(sizes, "iotlb", normal.iotlb()),
                geometry(sizes, "walk", normal.walk())), unit.integer("wire", 0, 1 << 10, 0), board);
    }

    private static int register(DefinitionNode values, String register) {
        return (int) values.number(register, 0, 0xffff_ffffL);
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
    public Requester requester() {
        Counts own = new Counts();
        counts.add(own);
        TableFetch fetch = new TableFetch(board.memory(), preemption, board.seed() + requesters.incrementAndGet());
        return new SmmuRequester(ids, control, caches, events, stalls, intervals.cell(), fetch, own);
    }

    @Override
    public void preemptBetweenFetches(Runnable step) {
        preemption.step = step;
    }

    @Override
    public void counters(Map<String, Long> into) {
        for (Counts each : counts) {
            each.addTo(name, into);
        }
        caches.counters(name, into);
        into.put(name + ".syncs", execution.syncs());
    }

    /** Ends all stalls. */
    @Override
    public void release() {
        stalls.powerOff();
    }

    /** Nothing runs in the model: device threads and software do all of its work. */
    @Override
    public void powerOff() {
        preemption.step = null;
    }
}
