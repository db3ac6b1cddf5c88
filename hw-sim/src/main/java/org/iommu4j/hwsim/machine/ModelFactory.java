package org.iommu4j.hwsim.machine;

import org.iommu4j.hwsim.definition.DefinitionNode;

/** Builds the models of one architecture. */
@FunctionalInterface
public interface ModelFactory {
    /**
     * @param name of the unit, for example {@code dmar0}; starts the names of its counters
     * @param unit its definition: {@code capabilities} holds register values by name, {@code caches} their geometry
     * @throws org.iommu4j.api.IommuException BAD_INPUT if the definition asks for what the model cannot be
     */
    IommuModel create(String name, DefinitionNode unit, Board board);
}
