/** What changes weights: parameter groups, optimisers, schedules, losses and averages. */
package org.efficientzoo.training.optim;
