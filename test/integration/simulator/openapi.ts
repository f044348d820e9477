export * from '../../support/api-description.js';
